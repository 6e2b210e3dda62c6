package org.headrace.perf.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.MessageDigest;

/**
 * One HTTP/1.1 connection of a client, as small as it can be and still notice everything that can go wrong.
 */
public final class HttpConnection implements AutoCloseable
{
    private static final int TIMEOUT_MS = 10_000;
    private static final String SERVER_HEADER = "\r\nX-Server: ";
    private static final String LENGTH_HEADER = "\r\nContent-Length: ";

    private final Socket socket;
    private final InputStream input;
    private final byte[] buffer = new byte[16 * 1024];
    private int filled;
    private String server = "";

    /**
     * Connects from the namespace of the calling thread.
     *
     * @param target to connect to.
     * @throws IOException when that fails.
     */
    public HttpConnection(final InetSocketAddress target) throws IOException
    {
        socket = new Socket();
        try
        {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(target, TIMEOUT_MS);
            input = socket.getInputStream();
        }
        catch (final IOException e)
        {
            socket.close();
            throw e;
        }
    }

    /**
     * Asks for a page and reads it to its end.
     *
     * @param path   of the page.
     * @param isLast if the server is to close the connection afterwards, which is checked too.
     * @param digest of the body, or null.
     * @return length of the body.
     * @throws IOException when the answer is not a complete 200.
     */
    public long get(final String path, final boolean isLast, final MessageDigest digest) throws IOException
    {
        final String request = "GET " + path + " HTTP/1.1\r\nHost: lab\r\n" +
            (isLast ? "Connection: close\r\n\r\n" : "\r\n");
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        filled = 0;
        int end;
        while ((end = headEnd()) < 0)
        {
            fill();
        }
        final String head = new String(buffer, 0, end, ISO_8859_1);
        if (!head.startsWith("HTTP/1.1 200 "))
        {
            throw new IOException("not 200: " + head.lines().findFirst().orElse(""));
        }
        server = header(head, SERVER_HEADER);
        final long length = Long.parseLong(header(head, LENGTH_HEADER));
        readBody(end, length, digest);
        if (isLast && input.read() >= 0)
        {
            throw new IOException("bytes after the end of the answer");
        }
        return length;
    }

    /** @return name of the server that gave the last answer. */
    public String server()
    {
        return server;
    }

    @Override
    public void close() throws IOException
    {
        socket.close();
    }

    private void readBody(final int bodyOffset, final long length, final MessageDigest digest) throws IOException
    {
        long remaining = length - (filled - bodyOffset);
        if (digest != null)
        {
            digest.update(buffer, bodyOffset, filled - bodyOffset);
        }
        while (remaining > 0)
        {
            filled = 0;
            fill();
            remaining -= filled;
            if (digest != null)
            {
                digest.update(buffer, 0, filled);
            }
        }
        if (remaining < 0)
        {
            throw new IOException("body longer by " + -remaining + " bytes than its Content-Length");
        }
    }

    private void fill() throws IOException
    {
        if (filled == buffer.length)
        {
            throw new IOException("head longer than " + buffer.length + " bytes");
        }
        final int count = input.read(buffer, filled, buffer.length - filled);
        if (count < 0)
        {
            throw new EOFException("connection closed before the end of the answer");
        }
        filled += count;
    }

    private int headEnd()
    {
        for (int i = 3; i < filled; i++)
        {
            if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n')
            {
                return i + 1;
            }
        }
        return -1;
    }

    private static String header(final String head, final String name) throws IOException
    {
        final int start = head.indexOf(name);
        if (start < 0)
        {
            throw new IOException("no header " + name.strip() + " in the answer");
        }
        return head.substring(start + name.length(), head.indexOf('\r', start + name.length()));
    }
}
