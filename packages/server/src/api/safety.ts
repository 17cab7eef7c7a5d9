import { createHash, timingSafeEqual } from 'node:crypto'
import { UserError } from '../lib/user-error.ts'
import { HttpProblem } from './http-problem.ts'

/** Who may talk to the server. */
export interface Access {
  /** Host names by which it may be addressed, without a port; IPv6 addresses in brackets. */
  readonly hosts: readonly string[]
  /** The bearer token every request must bring, or null: then only the machine itself is let in. */
  readonly token: string | null
}

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]']
const TOKEN_CHARS_MIN = 16

/** Paths open without the token: probes, and the files of the page, which hold no data. */
const OPEN_PATHS = /^\/(?:healthz|readyz|favicon\.ico|index\.html|assets\/[^/]+)?$/

/** What access a server bound to `bind` gives. Throws with what to do when it would be open to others without a token. */
export function accessFor(bind: string, token: string | null): Access {
  const host = bind.includes(':') ? `[${bind.replace(/^\[|\]$/g, '')}]` : bind.toLowerCase()
  if (token !== null && token.length < TOKEN_CHARS_MIN) {
    throw new UserError('invalid', `UPON_TOKEN has ${token.length} characters, at least ${TOKEN_CHARS_MIN} are needed`)
  }
  if (token === null && !isLoopback(host)) {
    throw new UserError(
      'not_allowed',
      `binding ${bind} lets other machines in, which needs a token: set UPON_TOKEN to a long random text, ` +
        'or bind 127.0.0.1',
    )
  }
  return { hosts: [...new Set([...LOOPBACK_HOSTS, host])], token }
}

function isLoopback(host: string): boolean {
  return LOOPBACK_HOSTS.includes(host) || /^127(?:\.\d{1,3}){3}$/.test(host)
}

export interface Asked {
  readonly method: string
  readonly path: string
  /** Port the request came in on; null where there is no socket. */
  readonly port: number | null
  header(name: string): string | null
}

/**
 * Refuses what a foreign web page, or a name that was pointed at this machine, makes a browser send, and what lacks
 * the token where one is set. Throws `HttpProblem`.
 */
export function checkAccess(access: Access, asked: Asked): void {
  const host = (asked.header('host') ?? '').toLowerCase()
  if (access.token === null && !isOwnHost(access, host, asked.port)) {
    throw foreign(`the request is addressed to "${host}"`, access, asked.port)
  }
  const origin = asked.header('origin')
  if (origin !== null && !isOwnOrigin(origin.toLowerCase(), host, access, asked.port)) {
    throw foreign(`the request comes from a page of "${origin}"`, access, asked.port)
  }
  const site = asked.header('sec-fetch-site')
  if ((site === 'cross-site' || site === 'same-site') && asked.header('sec-fetch-mode') !== 'navigate') {
    throw foreign('the browser says that a page of another site sent the request', access, asked.port)
  }
  if (access.token !== null && !OPEN_PATHS.test(asked.path)) checkToken(access.token, asked.header('authorization'))
}

function isOwnHost(access: Access, host: string, port: number | null): boolean {
  const { name, port: given } = splitHost(host)
  if (!access.hosts.includes(name)) return false
  return port === null || Number(given ?? 80) === port
}

/** With a token the host may be any name, and a page of that same name is our own. */
function isOwnOrigin(origin: string, host: string, access: Access, port: number | null): boolean {
  const address = /^https?:\/\/([^/]+)$/.exec(origin)?.[1]
  if (address === undefined) return false
  return access.token === null ? isOwnHost(access, address, port) : address === host
}

function splitHost(host: string): { name: string; port: string | null } {
  const parts = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(host)
  return { name: parts?.[1] ?? '', port: parts?.[2] ?? null }
}

function checkToken(token: string, header: string | null): void {
  const given = /^bearer (.+)$/i.exec(header ?? '')?.[1]
  if (given !== undefined && sameText(given, token)) return
  const detail =
    given === undefined
      ? 'this server wants a token: send "Authorization: Bearer …"; for the CLI set UPON_TOKEN'
      : 'the token is not the one this server was started with'
  throw new HttpProblem('unauthorized', detail, { headers: { 'www-authenticate': 'Bearer' } })
}

/** Compares digests, so that neither content nor length shows in the time it takes. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

function foreign(what: string, access: Access, port: number | null): HttpProblem {
  const allowed = access.hosts.map((host) => (port === null ? host : `${host}:${port}`)).join(', ')
  return new HttpProblem(
    'foreign_origin',
    `${what}; only ${allowed} may be used, so that no foreign page can act in your name`,
  )
}
