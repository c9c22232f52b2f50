// A link that holds the texts: they are in the part of the address that no browser sends.

const prefix = '#1.'

/** A link has at most so many characters: longer ones are cut on their way, by mail and chats. */
export const maxLink = 60_000

/** What is read from a link, in bytes: a few of them may stand for gigabytes. */
const maxRead = 4 << 20

const fields = ['kind', 'objects', 'parameters', 'previous', 'override']

/** The fragment that holds the texts. */
export async function pack(texts) {
  const packed = await through(new Blob([JSON.stringify(fields.map((name) => texts[name] ?? ''))]), new CompressionStream('deflate-raw'), Infinity)
  let binary = ''
  for (let i = 0; i < packed.length; i += 0x8000) binary += String.fromCharCode(...packed.subarray(i, i + 0x8000))
  const fragment = prefix + btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  if (fragment.length > maxLink) throw new Error(`The link would have ${fragment.length.toLocaleString('en')} characters, and ${maxLink.toLocaleString('en')} is what arrives whole: leave out what is not read.`)
  return fragment
}

/** The texts in a fragment; null where it holds none. It throws where they cannot be read. */
export async function unpack(fragment) {
  if (!fragment.startsWith(prefix)) return null
  try {
    if (fragment.length > maxLink) throw new Error('too long')
    const binary = atob(fragment.slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = await through(new Blob([Uint8Array.from(binary, (c) => c.charCodeAt(0))]), new DecompressionStream('deflate-raw'), maxRead)
    const values = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) throw new Error('not texts')
    return Object.fromEntries(fields.map((name, i) => [name, values[i] ?? '']))
  } catch {
    throw new Error('This link cannot be read: it was cut on its way, or is longer than links are here. Ask for it again.')
  }
}

async function through(blob, stream, most) {
  const chunks = []
  let length = 0
  const reader = blob.stream().pipeThrough(stream).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > most) {
      await reader.cancel()
      throw new Error('too much')
    }
    chunks.push(value)
  }
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
