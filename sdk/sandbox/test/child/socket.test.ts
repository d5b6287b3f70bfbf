import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFences } from '../../src/fences.ts'
import { findNoFences, probeChild } from '../harness.ts'

const socketFile = path.join(tmpdir(), `sandbox-probe-${process.pid}.sock`)
let server: Server
let port = 0
let connections = 0

beforeAll(async () => {
  server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  // Below 32768, where no client socket is ever put.
  for (port = 20_000 + (process.pid % 10_000); ; port++) {
    const isTaken = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(true))
      server.listen(port, '127.0.0.1', () => resolve(false))
    })
    if (!isTaken) return
  }
})
afterAll(() => {
  server.close()
  rmSync(socketFile, { force: true })
})

const attempts = () => `
import net from 'node:net'
import dgram from 'node:dgram'
import dns from 'node:dns/promises'
const heard = (emitter, event) => new Promise((resolve, reject) => { emitter.once(event, resolve); emitter.once('error', reject) })
const tries = {
  connect: () => heard(net.connect(${port}, '127.0.0.1'), 'connect'),
  fetch: () => fetch('http://127.0.0.1:${port}/').catch((error) => { if (error.cause?.code !== 'UND_ERR_SOCKET') throw error }),
  listen: () => heard(net.createServer().listen(${port + 1}, '127.0.0.1'), 'listening'),
  unix: () => heard(net.createServer().listen('${socketFile}'), 'listening'),
  send: () => new Promise((resolve, reject) => dgram.createSocket('udp4').send('x', ${port}, '127.0.0.1', (error) => error ? reject(error) : resolve())),
  bind: () => { const socket = dgram.createSocket('udp4'); const bound = heard(socket, 'listening'); socket.bind(${port + 2}, '127.0.0.1'); return bound },
  resolve: () => dns.resolve('localhost'),
  lookup: () => dns.lookup('example.org'),
}
process.on('uncaughtException', () => undefined)
const done = []
for (const [name, attempt] of Object.entries(tries)) {
  const late = new Promise((_, reject) => setTimeout(reject, 500))
  try { await Promise.race([attempt(), late]); done.push(name) } catch {}
}
console.log(JSON.stringify(done))
process.exit(0)`

test('the probe reaches the server from an ordinary process', async () => {
  await new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', attempts()], resolve)
  })
  expect(connections).toBeGreaterThan(0)
  connections = 0
})

test.each([
  ['all that this machine offers', () => findFences()],
  ['nothing but node itself', findNoFences],
])('a child with %s opens no socket', async (_, find) => {
  expect(await probeChild(await find(), attempts())).toBe('[]')
  expect(connections).toBe(0)
})
