/** The row cannot be written because another one has its unique value. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError'
  readonly code = 'conflict'
}

/** Another server holds the data directory. */
export class DataDirectoryLockedError extends Error {
  override readonly name = 'DataDirectoryLockedError'
  readonly code = 'data_directory_locked'
}

/** The store refused a write for a reason outside Upon: disk full, read-only, I/O. Nothing of it was kept. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'
  readonly code: 'disk_full' | 'read_only' | 'io' | 'corrupt'
  constructor(code: 'disk_full' | 'read_only' | 'io' | 'corrupt', message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The database was written by a newer Upon, or by another program. */
export class StoreVersionError extends Error {
  override readonly name = 'StoreVersionError'
  readonly code = 'store_version'
}

/** The list cursor was not one this store gave out. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
  readonly code = 'invalid_cursor'
}
