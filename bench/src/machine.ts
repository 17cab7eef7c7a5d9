import { arch, cpus, release, totalmem, type } from 'node:os'

/** What a figure depends on besides the code. Names no one and no place. */
export function describeMachine(): readonly (readonly [string, string])[] {
  const cores = cpus()
  return [
    ['CPU', `${cores[0]?.model.trim() ?? 'unknown'} (${arch()})`],
    ['cores', String(cores.length)],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['system', `${type()} ${release()}`],
    ['Node', process.version.slice(1)],
    ['SQLite', process.versions.sqlite === undefined ? 'npm package' : `${process.versions.sqlite}, built into Node`],
  ]
}
