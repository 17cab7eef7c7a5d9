/** Characters of template source. */
export const SOURCE_CHARS_MAX = 16 * 1024
/** Characters one rendering may give. */
export const OUTPUT_CHARS_MAX = 1024 * 1024
/** Words, numbers and operators in one tag: more would be a tree too deep for the engine's parser. */
export const TAG_TOKENS_MAX = 500
/** Instructions of the template engine in one rendering. */
export const FUEL_MAX = 100_000
/** Memory of the template engine, in WebAssembly pages of 64 KiB: 64 MiB. Fuel does not count what one instruction makes. */
export const MEMORY_PAGES_MAX = 1024
/** Wall time of one rendering, in milliseconds. */
export const RENDER_TIMEOUT_MS = 1_000
/** Renderings waiting for the thread. */
export const QUEUE_MAX = 10_000
/** Elements of one `range()`. */
export const RANGE_MAX = 100
/** `for` loops in one template. */
export const LOOPS_MAX = 10
/** `for` loops inside one another. */
export const LOOP_DEPTH_MAX = 2
/** Templates kept analyzed here, and kept compiled in the thread. */
export const TEMPLATES_CACHED_MAX = 1_000
/** Rendered parameters as JSON, in bytes. */
export const PARAMETERS_BYTES_MAX = 524_288
