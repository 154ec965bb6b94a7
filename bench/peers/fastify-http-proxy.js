import proxy from '@fastify/http-proxy'
import fastify from 'fastify'

const [port, originPort] = process.argv.slice(2)
const server = fastify({ logger: false })

server.register(proxy, {
  upstream: `http://127.0.0.1:${originPort}`,
  undici: { connections: 1_024, pipelining: 1 },
})
await server.listen({ port: Number(port), host: '127.0.0.1', backlog: 4_096 })
