/** Filters added to the engine's own, or put in their place where those differ from Jinja's. */
export const ADDED_FILTERS = [
  'center',
  'e',
  'escape',
  'filesizeformat',
  'flow_run_id',
  'forceescape',
  'format',
  'int',
  'replace',
  'striptags',
  'sum',
  'tojson',
  'truncate',
  'urlencode',
  'wordcount',
  'wordwrap',
] as const

/** Every filter a template may use. */
export const KNOWN_FILTERS: readonly string[] = [
  ...ADDED_FILTERS,
  ...'abs attr batch bool capitalize count d default dictsort first float groupby indent items join last length'.split(
    ' ',
  ),
  ...'lines list lower map max min pprint reject rejectattr reverse round safe select selectattr'.split(' '),
  ...'slice sort split string title trim unique upper'.split(' '),
]

/** Every test a template may use after `is`. */
export const KNOWN_TESTS: readonly string[] = [
  ...'boolean defined divisibleby endingwith eq equalto escaped even false filter float ge gt in int integer'.split(
    ' ',
  ),
  ...'iterable le lower lt mapping ne none number odd safe sameas sequence startingwith string test true'.split(' '),
  ...'undefined upper'.split(' '),
]
