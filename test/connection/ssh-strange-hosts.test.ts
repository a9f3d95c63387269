import { connect as openSocket, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { Unreachable } from '../../src/connection/connection';
import { by, connected, connector, knowing, run } from './connect';
import { endsWithTest } from './endings';
import { freePort, type Sshd, startSshd } from './sshd';
import { startProxy, startServer } from './strange-server';

jest.setTimeout(60_000);

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

test('a port where nothing listens refuses', async () => {
  const port = await freePort();
  await fails(port, `connection to 127.0.0.1:${String(port)} refused: nothing listens there`);
});

test('a name of several addresses where nothing listens refuses, too', async () => {
  const port = await freePort();
  const connect = await connector(knowing(sshd));
  await expect(connect({ ...sshd.login, host: 'localhost', port })).rejects.toThrow(
    `connection to localhost:${String(port)} refused: nothing listens there`,
  );
});

test('a name that does not exist is said to be one', async () => {
  const connect = await connector(knowing(sshd));
  await expect(connect({ ...sshd.login, host: 'no-such-host.invalid' })).rejects.toThrow(
    /^the name no-such-host\.invalid (does not resolve|could not be resolved: no name server answers)$/,
  );
});

test('a network that cannot be reached has no route', async () => {
  const connect = await connector(knowing(sshd));
  // 240.0.0.0/4 is reserved: Linux sends nothing there.
  await expect(connect({ ...sshd.login, host: '255.255.255.255', port: 22 })).rejects.toThrow(
    /^(no route to|connection to) 255\.255\.255\.255:22/,
  );
});

test('a server that accepts and says nothing times out, counted from the call', async () => {
  const server = endsWithTest(await startServer(() => undefined));
  const startedAt = Date.now();
  await fails(
    server.port,
    `connection to 127.0.0.1:${String(server.port)} timed out after 1.5 s: ` +
      'the port is open, but the SSH handshake does not end',
    1500,
  );
  expect(Date.now() - startedAt).toBeLessThan(2500);
});

test('a handshake that stops half-way times out', async () => {
  const proxy = endsWithTest(await startProxy(sshd.port, freezeAfter(100)));
  await fails(proxy.port, /timed out after 1 s: the port is open/, 1000);
});

describe('a login that stops half-way', () => {
  // Runs when the client offers its key, and keeps it waiting.
  const config = [
    'AuthorizedKeysCommand /bin/sleep 10',
    `AuthorizedKeysCommandUser ${userInfo().username}`,
    'AuthorizedKeysFile none',
  ];

  test('times out', async () => {
    const own = endsWithTest(await startSshd({ config }));
    const connect = await connector(knowing(own), { connectTimeoutMs: 3000 });
    await expect(connect(own.login)).rejects.toThrow(/timed out after 3 s, during the login$/);
  });

  test('because the connection is reset is not taken for a refused login', async () => {
    const own = endsWithTest(await startSshd({ config }));
    const proxy = endsWithTest(await startProxy(own.port));
    const connect = await connector(knowing(own, { port: proxy.port }));
    const attempt = connect({ ...own.login, port: proxy.port });
    setTimeout(() => {
      proxy.reset();
    }, 3000);
    await expect(attempt).rejects.toThrow(Unreachable);
    await expect(attempt).rejects.toThrow(
      /^127\.0\.0\.1:\d+ closed the connection during the login of /,
    );
  });
});

describe('a server that is no SSH server', () => {
  const garbage: [what: string, words: string | Buffer, message: RegExp][] = [
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', /: HTTP\/1\.1 400 Bad Request$/],
    ['SMTP', '220 mail ready\r\n', /: 220 mail ready$/],
    ['bytes', Buffer.from('ff00fe01\n'.repeat(3), 'latin1'), /: ff00fe01 \| ff00fe01 \| ff00fe01$/],
    ['control characters', '\x1b]0;owned\x07\n', /: \\(?:x1b|033)\]0;owned\\x07$/],
    ['a secret', `PrivateKey = ${'A'.repeat(43)}=\n`, /: PrivateKey = \(hidden\)$/],
    [
      'an ancient SSH',
      'SSH-1.5-Cisco-1.25\r\n',
      /failed: .*(?:Invalid identification string|could not read protocol version)$/,
    ],
    ['nothing', '', /closed the connection during the SSH handshake; tried \d+ times$/],
  ];
  test.each(garbage)('is quoted: %s', async (_, words, message) => {
    const server = endsWithTest(await startServer((socket) => socket.end(words)));
    await fails(server.port, message, 3000);
  });

  test('and goes on for ever is not listened to for ever', async () => {
    const server = endsWithTest(await startServer(flood));
    await fails(
      server.port,
      by({
        'in-process': /^the SSH handshake with 127\.0\.0\.1:\d+ failed: .*; it says: x{200}…$/,
        openssh: /^the SSH handshake with 127\.0\.0\.1:\d+ failed: banner line too long$/,
      }),
    );
  });

  test('is quoted when it resets', async () => {
    const server = endsWithTest(
      await startServer((socket) => {
        socket.write('not now\r\n', () => setTimeout(() => socket.resetAndDestroy(), 50));
      }),
    );
    await fails(
      server.port,
      /^127\.0\.0\.1:\d+ closed the connection during the SSH handshake; it says: not now$/,
    );
  });
});

test('words before the SSH version are no obstacle', async () => {
  const server = endsWithTest(
    await startServer((client) => {
      client.write('Welcome to the jungle\r\nAll is logged\r\n');
      const upstream = openSocket(sshd.port, '127.0.0.1');
      upstream.pipe(client).pipe(upstream);
      upstream.on('error', () => client.destroy());
      client.on('close', () => upstream.destroy());
    }),
  );
  const connection = endsWithTest(await connected(sshd, server.port));
  expect((await run(connection, 'echo in')).stdout.toString()).toBe('in\n');
});

test('a reset in the middle of the handshake, at whatever byte, is a failure that says so', async () => {
  const connect = await connector(knowing(sshd));
  for (const bytes of [1, 20, 41, 300, 700, 1100]) {
    const proxy = endsWithTest(
      await startProxy(sshd.port, (own, received) => {
        if (received >= bytes) own.reset();
      }),
    );
    const known = await connector(knowing(sshd, { port: proxy.port }), { connectTimeoutMs: 3000 });
    const attempt = known({ ...sshd.login, port: proxy.port });
    await expect(attempt).rejects.toThrow(Unreachable);
    await expect(attempt).rejects.toThrow(/closed the connection during the SSH handshake(;|$)/);
  }
  endsWithTest(await connect(sshd.login));
});

test('a host with no algorithm in common is named, with the reason', async () => {
  const own = endsWithTest(
    await startSshd({ config: ['KexAlgorithms diffie-hellman-group14-sha1'] }),
  );
  const attempt = (await connector(knowing(own)))(own.login);
  await expect(attempt).rejects.toThrow(
    /^the SSH handshake with .* no matching key exchange (?:algorithm|method found.*)$/,
  );
});

async function fails(
  port: number,
  message: string | RegExp,
  connectTimeoutMs = 5000,
): Promise<void> {
  const connect = await connector(knowing(sshd, { port }), { connectTimeoutMs });
  const attempt = connect({ ...sshd.login, port });
  await expect(attempt).rejects.toThrow(Unreachable);
  await expect(attempt).rejects.toThrow(message);
}

function freezeAfter(bytes: number) {
  return (proxy: { freeze(): void }, received: number): void => {
    if (received >= bytes) proxy.freeze();
  };
}

function flood(socket: Socket): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write('x'.repeat(10_000))) continue;
  };
  socket.on('drain', more);
  more();
}
