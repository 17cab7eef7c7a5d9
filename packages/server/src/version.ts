/** The version people see. */
export const VERSION = '0.1.0'
