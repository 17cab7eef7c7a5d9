/** Bytes of one request body. */
export const REQUEST_BYTES_MAX = 16_000_000
/** Bytes of all bodies that are being read at the same time. */
export const BODY_BYTES_AT_ONCE_MAX = 20 * REQUEST_BYTES_MAX
/** Objects and arrays within each other. Deeper JSON is nobody's data and would cost stack wherever it is walked. */
export const JSON_DEPTH_MAX = 100
