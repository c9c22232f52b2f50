// How text of others is shown: whatever a model is called, it is read as text, in the
// order in which it was written, with nothing in it that cannot be seen.

// Controls, formats such as right-to-left overrides and zero-width spaces, line
// separators and halves of a surrogate pair; but not the joiners that scripts and emoji
// are written with.
const unseen = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Splits a text into runs to show as they are and code points to name: {text} or {control}. */
export function runs(value) {
  const text = String(value).replace(/[\t\n\r]+/g, ' ')
  const found = []
  let end = 0
  for (const match of text.matchAll(unseen)) {
    if (match.index > end) found.push({ text: text.slice(end, match.index) })
    found.push({ control: codePoint(match[0]) })
    end = match.index + match[0].length
  }
  if (end < text.length) found.push({ text: text.slice(end) })
  return found
}

/** The same in one string, for titles and what is read aloud. */
export const spelled = (value) => runs(value).map((run) => run.text ?? `[${run.control}]`).join('')

const codePoint = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`

/** A JSON string, which JavaScript, Python and YAML read as well, with everything unseen escaped. */
export const quoted = (value) => JSON.stringify(value).replace(new RegExp(`${unseen.source}|[\u200c\u200d]`, 'gu'), (character) =>
  Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''))

const grouped = new Intl.NumberFormat('en')

/** A count with separators; what is no number is shown as it is. */
export const count = (value) => (Number.isFinite(value) ? grouped.format(value) : String(value))

/** A large count in short, with all of it: 8.03 B (8,030,261,248). */
export function parameters(value) {
  for (const [unit, name] of [[1e12, 'T'], [1e9, 'B'], [1e6, 'M']]) {
    if (Number.isFinite(value) && value >= unit) return `${+(value / unit).toPrecision(3)} ${name} (${count(value)})`
  }
  return count(value)
}

/** The day, in UTC, of seconds since 1970 or of RFC 3339; what is neither is shown as it is. */
export function day(value) {
  const at = new Date(typeof value === 'number' ? value * 1000 : rfc3339.test(value) ? value : NaN)
  return Number.isNaN(at.getTime()) ? String(value) : at.toISOString().replace(/T.*/, '')
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/** How long ago, or how far ahead, in words; empty where that is no time or over a year away. */
export function distance(value, now) {
  const seconds = Math.round((new Date(value).getTime() - now) / 1000)
  if (!(Math.abs(seconds) < 366 * 86400)) return ''
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  for (const [unit, size] of [['day', 86400], ['hour', 3600], ['minute', 60]]) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit)
  }
  return Math.abs(seconds) < 5 ? 'just now' : words.format(seconds, 'second')
}

/** A price of one token, in decimal digits, as that of a million; no binary fraction is made of it. */
export function perMillion(price, currency) {
  const match = /^(\d{1,30})(?:\.(\d{1,30}))?$/.exec(price)
  if (!match) return `${price} (not a number)`
  const fraction = (match[2] ?? '').padEnd(6, '0')
  const whole = (match[1] + fraction.slice(0, 6)).replace(/^0+(?=\d)/, '')
  const rest = fraction.slice(6).replace(/0+$/, '')
  const amount = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest && `.${rest}`)
  return `${amount} ${currency} per million tokens`
}
