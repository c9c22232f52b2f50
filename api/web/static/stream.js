// Server-sent events, read from a fetch: an EventSource can carry no Authorization.

/** Takes pieces of a stream as they come, and gives the events that have come to their end. */
export function parser() {
  let rest = ''
  return (piece) => {
    const blocks = (rest + piece).replace(/\r\n/g, '\n').split('\n\n')
    rest = blocks.pop()
    return blocks.map(eventOf).filter((event) => event.data)
  }
}

function eventOf(block) {
  const event = { name: 'message', data: '' }
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line)
    if (field === 'event') event.name = value
    if (field === 'data') event.data += (event.data && '\n') + value
    if (field === 'id') event.id = value
  }
  return event
}

/** Gives the events of a reply, until it ends. */
export async function* events(reply) {
  const parse = parser()
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield* parse(value)
  }
}
