import { Agent, createServer } from 'node:http'
import httpProxy from 'http-proxy'

const [port, originPort] = process.argv.slice(2)
const target = `http://127.0.0.1:${originPort}`
const proxy = httpProxy.createProxyServer({ target, agent: new Agent({ keepAlive: true, maxFreeSockets: 1_024 }) })

createServer((request, response) => {
  proxy.web(request, response, {}, () => response.writeHead(502).end())
}).listen(Number(port), '127.0.0.1', 4_096)
