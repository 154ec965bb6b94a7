import http from 'node:http'

/** An origin that a test runs as a process of its own, on the port of its first argument, to kill it. */
http
  .createServer((_request, response) => response.writeHead(200, { 'content-length': 2 }).end('ok'))
  .listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'))
