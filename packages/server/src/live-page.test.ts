import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DAY } from '@upon/engine'
import { type Client, createClient, routes } from '@upon/sdk'
import { pino } from 'pino'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from './lib/clock.ts'
import { type RunningServer, startServer } from './main.ts'

const CHROMIUM = [
  process.env.UPON_TEST_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']
const NO_BROWSER = 'no Chromium found; install it or set UPON_TEST_CHROMIUM'

let directory: string
let server: RunningServer
let client: Client
let browser: Browser | null = null

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'upon-page-'))
  server = await startServer({
    directory,
    host: '127.0.0.1',
    port: 0,
    token: null,
    allowOutgoing: [],
    worker: true,
    retention: { events: 7 * DAY, launches: 730 * DAY },
    processEnv: { PATH: process.env.PATH ?? '' },
    workDirectory: directory,
    webRoot: fileURLToPath(new URL('./web', import.meta.url)),
    clock: systemClock,
    log: pino({ level: 'silent' }),
  })
  client = createClient({ url: server.url })
  const executablePath = CHROMIUM.find((path) => path !== undefined && existsSync(path))
  if (executablePath !== undefined) browser = await chromium.launch({ executablePath, args: FLAGS })
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
  rmSync(directory, { recursive: true, force: true })
})

async function openPage(): Promise<{ page: Page; mistakes: string[] }> {
  const page = await (browser as Browser).newPage()
  const mistakes: string[] = []
  page.on('pageerror', (error) => mistakes.push(error.message))
  page.on('console', (message) => message.type() === 'error' && mistakes.push(message.text()))
  await page.goto(server.url)
  return { page, mistakes }
}

const send = (resource: string) =>
  client.call(routes.sendEvents, { body: { event: 'order.placed', resource: { 'prefect.resource.id': resource } } })

test('an empty page says how to send the first event', async (context) => {
  if (browser === null) return context.skip(NO_BROWSER)
  const { page, mistakes } = await openPage()
  await page.getByText('Nothing has happened yet').waitFor()
  expect(await page.getByText('curl -X POST').textContent()).toContain(`${server.url}/api/v1/events`)
  expect(mistakes).toEqual([])
  await page.close()
})

test('an event shows live with the run it launched, and one that did not fire says why', async (context) => {
  if (browser === null) return context.skip(NO_BROWSER)
  const { page, mistakes } = await openPage()
  await client.call(routes.deploy, {
    body: {
      deployments: [
        {
          flow_name: 'orders',
          name: 'ship',
          command: 'echo shipping',
          work_pool: 'default',
          triggers: [{ expect: ['order.placed'], match: { 'prefect.resource.id': 'order.1' } }],
        },
      ],
    },
  })
  await page.getByText('live', { exact: true }).waitFor()
  await send('order.1')
  const fired = page.locator('.story.fired')
  await fired.getByText('orders/ship').waitFor()
  await fired.getByText('Completed').waitFor()
  await send('order.2')
  await page.getByRole('button', { name: /order\.2/ }).click()
  await page.getByText('did not fire: prefect.resource.id is "order.2", wanted "order.1"').waitFor()
  expect(mistakes).toEqual([])
  await page.close()
})

test('text of events is shown as text, never run', async (context) => {
  if (browser === null) return context.skip(NO_BROWSER)
  const { page, mistakes } = await openPage()
  await send('<img src=x onerror="document.title=1">')
  await page.getByText('<img src=x').waitFor()
  expect(await page.title()).toBe('Upon')
  expect(mistakes).toEqual([])
  await page.close()
})
