import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { generatedPages } from './generated-pages.ts'

const docs = fileURLToPath(new URL('../../../../docs/', import.meta.url))

test('the generated pages of docs/ are what the program says now (npm run docs writes them)', async () => {
  for (const [name, text] of Object.entries(await generatedPages())) {
    expect(readFileSync(`${docs}${name}`, 'utf8'), name).toBe(text)
  }
})

test('every link of the generated pages leads to a heading of its page', async () => {
  for (const [name, text] of Object.entries(await generatedPages())) {
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((match) => slug(match[1] ?? ''))
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1])
    expect(
      links.filter((link) => !headings.includes(link ?? '')),
      name,
    ).toEqual([])
  }
})

const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-')
