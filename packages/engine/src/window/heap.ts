/** An element that knows its place, so that it can leave the heap without a search; -1 when it is in none. */
export interface HeapElement {
  heapIndex: number
}

/** A binary heap: the least element first; adding, removing and moving any element are logarithmic. */
export class Heap<T extends HeapElement> {
  readonly #elements: T[] = []
  readonly #precedes: (a: T, b: T) => boolean

  constructor(precedes: (a: T, b: T) => boolean) {
    this.#precedes = precedes
  }

  get size(): number {
    return this.#elements.length
  }

  peek(): T | undefined {
    return this.#elements[0]
  }

  /** Adds an element, or puts it where it belongs after its rank changed. */
  put(element: T): void {
    if (element.heapIndex === -1) {
      element.heapIndex = this.#elements.length
      this.#elements.push(element)
    }
    this.#siftDown(this.#siftUp(element))
  }

  remove(element: T): void {
    const place = element.heapIndex
    if (place === -1) return
    element.heapIndex = -1
    const last = this.#elements.pop()
    if (last === undefined || last === element) return
    this.#place(last, place)
    this.#siftDown(this.#siftUp(last))
  }

  #siftUp(element: T): T {
    let place = element.heapIndex
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = this.#elements[above]
      if (parent === undefined || !this.#precedes(element, parent)) break
      this.#place(parent, place)
      place = above
    }
    this.#place(element, place)
    return element
  }

  #siftDown(element: T): void {
    let place = element.heapIndex
    for (;;) {
      const left = this.#elements[place * 2 + 1]
      const right = this.#elements[place * 2 + 2]
      const lesser = left !== undefined && right !== undefined && this.#precedes(right, left) ? right : left
      if (lesser === undefined || !this.#precedes(lesser, element)) break
      const below = lesser.heapIndex
      this.#place(lesser, place)
      place = below
    }
    this.#place(element, place)
  }

  #place(element: T, place: number): void {
    this.#elements[place] = element
    element.heapIndex = place
  }
}
