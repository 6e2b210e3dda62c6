package org.headrace.perf.generate.latency;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds the end of an HTTP/1.1 answer (RFC 9112) that has status 200 and a {@code Content-Length}. Anything else is an
 * error: a measurement should not count what is not the page. Allocates nothing.
 */
final class HttpResponseParser
{
    private static final int MAX_HEAD = 16 * 1024;
    private static final byte[] STATUS = "HTTP/1.1 200".getBytes(ISO_8859_1);
    private static final byte[] LENGTH = "content-length:".getBytes(ISO_8859_1);
    private static final int LOWER_CASE = 0x20;

    private int headBytes;
    private int lineBytes;
    private int matched;
    private boolean isLengthLine;
    private long length = -1;
    private long remaining;
    private boolean isInBody;

    /** Forgets the answer and begins with the next. */
    void reset()
    {
        headBytes = 0;
        lineBytes = 0;
        matched = 0;
        isLengthLine = false;
        length = -1;
        isInBody = false;
    }

    /**
     * Takes bytes.
     *
     * @param buffer they are taken from.
     * @return true when the answer has ended with them.
     * @throws IOException when it is not what it should be, or goes on behind its end.
     */
    boolean onBytes(final ByteBuffer buffer) throws IOException
    {
        while (!isInBody && buffer.hasRemaining())
        {
            onHeadByte(buffer.get());
        }
        if (!isInBody)
        {
            return false;
        }
        remaining -= buffer.remaining();
        if (remaining < 0)
        {
            throw new IOException("answer longer than its Content-Length");
        }
        return remaining == 0;
    }

    private void onHeadByte(final byte value) throws IOException
    {
        if (headBytes < STATUS.length && value != STATUS[headBytes])
        {
            throw new IOException("status is not 200");
        }
        if (++headBytes > MAX_HEAD)
        {
            throw new IOException("head longer than " + MAX_HEAD + " bytes");
        }
        if (value == '\n')
        {
            onLineEnd();
        }
        else if (value != '\r')
        {
            onLineByte(value);
        }
    }

    private void onLineByte(final byte value) throws IOException
    {
        if (isLengthLine)
        {
            onLengthByte(value);
        }
        else if (lineBytes == matched && (value | LOWER_CASE) == LENGTH[matched])
        {
            matched++;
            isLengthLine = matched == LENGTH.length;
            length = isLengthLine ? 0 : length;
        }
        lineBytes++;
    }

    private void onLengthByte(final byte value) throws IOException
    {
        if (value >= '0' && value <= '9' && length < Integer.MAX_VALUE)
        {
            length = length * 10 + value - '0';
        }
        else if (value != ' ')
        {
            throw new IOException("Content-Length is no number");
        }
    }

    private void onLineEnd() throws IOException
    {
        if (lineBytes == 0)
        {
            if (length < 0)
            {
                throw new IOException("no Content-Length");
            }
            isInBody = true;
            remaining = length;
        }
        lineBytes = 0;
        matched = 0;
        isLengthLine = false;
    }
}
