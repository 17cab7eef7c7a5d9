import { expect, test } from 'vitest'
import { docsPage } from './docs-page.ts'

test('text of the document cannot become markup', () => {
  const page = docsPage({
    info: { title: '<script>alert(1)</script>', version: '"><img>' },
    tags: [{ name: 'a&b' }],
    paths: { "/x'<b>": { get: { tags: ['a&b'], operationId: 'get"X', summary: '</p><script>', responses: {} } } },
    components: { schemas: { 'A<i>': { description: '<i>', properties: { '<u>': { const: '<s>' } } } } },
  })
  expect(page).not.toMatch(/<script|<img|<b>|<i>|<u>|<s>/)
  expect(page).toContain('&lt;script&gt;')
})
