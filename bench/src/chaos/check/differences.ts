/** Differences named in the report; all are counted. */
export const NAMED_MAX = 10

/** How what is there differs from what should be. */
export interface Difference {
  readonly of: string
  readonly lost: number
  readonly doubled: number
  readonly invented: number
  /** The first of them, in words. */
  readonly named: readonly string[]
}

/** Compares two collections as sets in which each member should be once. Members are told apart by their text. */
export function compare(of: string, expected: Iterable<string>, found: Iterable<string>): Difference {
  const wanted = counted(expected)
  const there = counted(found)
  const lost = differing(wanted, there)
  const surplus = differing(there, wanted)
  const doubled = surplus.filter((member) => wanted.has(member))
  const invented = surplus.filter((member) => !wanted.has(member))
  const named = [
    ...lost.map((member) => `${of} lost: ${member}`),
    ...doubled.map((member) => `${of} doubled: ${member}`),
    ...invented.map((member) => `${of} invented: ${member}`),
  ]
  return {
    of,
    lost: lost.length,
    doubled: doubled.length,
    invented: invented.length,
    named: named.slice(0, NAMED_MAX),
  }
}

export const isDifferent = ({ lost, doubled, invented }: Difference): boolean => lost + doubled + invented > 0

function counted(members: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const member of members) counts.set(member, (counts.get(member) ?? 0) + 1)
  return counts
}

/** Members that `left` has more often than `right`, as often as that. */
function differing(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): string[] {
  const members: string[] = []
  for (const [member, count] of left) {
    for (let time = right.get(member) ?? 0; time < count; time += 1) members.push(member)
  }
  return members
}
