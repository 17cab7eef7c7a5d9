import { lookup } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { Agent, buildConnector, request } from 'undici'
import { ActionFailed } from './action-kind.ts'

/** Bytes of an answer that are kept; the rest is not read. */
const ANSWER_BYTES_MAX = 64 * 1024
/** Characters of a wrong URL that are shown. */
const URL_CHARS_SHOWN = 200

/**
 * Never reached unless allowed: this machine, private networks, link-local (cloud metadata), multicast, reserved, and
 * the IPv6 networks that carry IPv4 addresses inside theirs.
 */
const GUARDED = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
] as const

export interface OutgoingRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly timeoutMs: number
}

export interface OutgoingAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** At most 64 KiB. */
  readonly body: string
}

/** Calls that leave Upon: guarded, bounded in time and size, without proxies from the environment or redirects. */
export interface OutgoingHttp extends AsyncDisposable {
  /** Throws `ActionFailed`: retryable when the network failed, final when the address may not be called. */
  send(request: OutgoingRequest): Promise<OutgoingAnswer>
}

export interface OutgoingHttpOptions {
  /** Networks in CIDR form that may be called although they are private, such as `127.0.0.0/8`. */
  readonly allow: readonly string[]
  /** Finds the addresses of a name. @default the system's */
  readonly lookup?: typeof lookup
}

export function createOutgoingHttp(options: OutgoingHttpOptions): OutgoingHttp {
  const guarded = blockList(GUARDED)
  const allowed = blockList(options.allow)
  const refused = (address: string): boolean => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    return guarded.check(address, family) && !allowed.check(address, family)
  }
  const connect = guardedConnector(refused, options.lookup ?? lookup)
  const agent = new Agent({ connect, maxHeaderSize: 64 * 1024 })
  return {
    async send(outgoing) {
      const url = parseUrl(outgoing.url)
      try {
        const answer = await request(url, {
          method: outgoing.method as 'POST',
          headers: outgoing.headers,
          body: outgoing.body,
          dispatcher: agent,
          signal: AbortSignal.timeout(outgoing.timeoutMs),
        })
        return { status: answer.statusCode, headers: flatHeaders(answer.headers), body: await readSome(answer.body) }
      } catch (error) {
        throw asActionFailed(error, url, outgoing.timeoutMs)
      }
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  }
}

class GuardedAddressError extends Error {
  override readonly name = 'GuardedAddressError'
}

/** Sits below DNS and connects per address, so neither an IP literal nor a name that resolves inward slips through. */
function guardedConnector(refused: (address: string) => boolean, addressesOf: typeof lookup): buildConnector.connector {
  const connect = buildConnector({
    lookup(hostname, options, callback) {
      addressesOf(hostname, { ...options, all: true }, (error, addresses) => {
        const inward = error === null ? addresses.find(({ address }) => refused(address)) : undefined
        const failure =
          error ?? (inward === undefined ? null : new GuardedAddressError(`${hostname} is ${inward.address}`))
        const [first] = addresses ?? []
        if (failure !== null) callback(failure, [])
        else if (options.all === true || first === undefined) callback(null, addresses)
        else callback(null, first.address, first.family)
      })
    },
  })
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) !== 0 && refused(host)) callback(new GuardedAddressError(`${host} is a private address`), null)
    else connect(options, callback)
  }
}

const NETWORK = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [, address = '', bits] = NETWORK.exec(network) ?? []
    const family = isIP(address)
    const bitsMax = family === 6 ? 128 : 32
    const prefix = Number(bits ?? bitsMax)
    if (family === 0 || prefix > bitsMax) {
      throw new TypeError(`"${network}" is not a network such as 10.0.0.0/8 or ::1/128`)
    }
    list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ActionFailed(`"${text.slice(0, URL_CHARS_SHOWN)}" is not an http or https URL`)
  }
  return url
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

async function readSome(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size >= ANSWER_BYTES_MAX) break
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8')
}

function asActionFailed(error: unknown, url: URL, timeoutMs: number): ActionFailed {
  if (error instanceof GuardedAddressError) {
    return new ActionFailed(
      `calling ${url.origin} is not allowed: ${error.message}. To allow it, start the server with ` +
        '--allow-outgoing <network>, for example 127.0.0.0/8',
    )
  }
  const timedOut = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
  const words = timedOut ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error)
  return new ActionFailed(`Webhook call failed: ${url.origin}: ${words}`, { retryable: true, cause: error })
}

/** A name with several addresses fails with one error for each, and no words of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join('; ')
  return error instanceof Error ? error.message : String(error)
}
