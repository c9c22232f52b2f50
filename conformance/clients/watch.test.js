// node's own fetch, reading a watch of the listing API as it comes; TestRealClients
// of package api starts the API and runs this.
import assert from 'node:assert/strict'
import test from 'node:test'

const { MAAS_URL } = process.env
const skip = MAAS_URL ? false : 'MAAS_URL is not set: go test -run TestRealClients ./api sets it'

// events are the server-sent events of a reply, as the HTML standard has them read.
async function* events(response) {
  let text = ''
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    text += piece
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = text.slice(0, end).split('\n').map((line) => line.split(/: (.*)/s))
      text = text.slice(end + 2)
      const { event, data } = Object.fromEntries(fields)
      if (event) yield { event, data: JSON.parse(data) }
    }
  }
}

function watch(query, signal) {
  return fetch(`${MAAS_URL}/v1/models?watch=true${query}`, { headers: { Authorization: 'Bearer alice' }, signal })
}

test('watch', { skip }, async () => {
  const leaving = new AbortController()
  const response = await watch('', leaving.signal)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  assert.equal(response.headers.get('content-encoding'), null)
  const { value } = await events(response).next()
  assert.equal(value.event, 'sync')
  assert.deepEqual(value.data.ids, ['b/granite', 'granite', 'zephyr-7b.q4'])
  assert.deepEqual(value.data.changed.map((model) => model.id), value.data.ids)
  leaving.abort()
})

test('what cannot be watched', { skip }, async () => {
  const response = await watch('&limit=3')
  assert.equal(response.status, 400)
  assert.equal((await response.json()).error.param, 'limit')
})
