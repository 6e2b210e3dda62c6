package org.headrace.perf.generate.latency;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;

class HttpResponseParserTest
{
    private static final String ANSWER =
        "HTTP/1.1 200 OK\r\nServer: content-length\r\nX-Content-Length: 9\r\nCONTENT-length: 5\r\nA: b\r\n\r\nhello";

    private final HttpResponseParser parser = new HttpResponseParser();

    @Test
    void shouldFindTheEndWhereverTheBytesAreSplit() throws IOException
    {
        for (int split = 1; split < ANSWER.length(); split++)
        {
            parser.reset();
            assertThat(parser.onBytes(bytes(ANSWER.substring(0, split)))).as("first %d bytes", split).isFalse();
            assertThat(parser.onBytes(bytes(ANSWER.substring(split)))).as("after %d bytes", split).isTrue();
        }
    }

    @Test
    void shouldTakeAnAnswerWithoutABody() throws IOException
    {
        assertThat(parser.onBytes(bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "HTTP/1.1 404 Not Found\\r\\n | status is not 200",
        "HTTP/1.0 200 OK\\r\\n | status is not 200",
        "HTTP/1.1 200 OK\\r\\n\\r\\n | no Content-Length",
        "HTTP/1.1 200 OK\\r\\nContent-Length: x\\r\\n | Content-Length is no number",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\nab | answer longer than its Content-Length"})
    void shouldRefuseWhatIsNotThePage(final String text, final String reason)
    {
        final ByteBuffer bytes = bytes(text.replace("\\r\\n", "\r\n"));
        assertThatThrownBy(() -> parser.onBytes(bytes)).isInstanceOf(IOException.class).hasMessage(reason);
    }

    @Test
    void shouldRefuseAHeadWithoutEnd()
    {
        final ByteBuffer bytes = bytes("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(4_000));
        assertThatThrownBy(() -> parser.onBytes(bytes)).hasMessage("head longer than 16384 bytes");
    }

    private static ByteBuffer bytes(final String text)
    {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }
}
