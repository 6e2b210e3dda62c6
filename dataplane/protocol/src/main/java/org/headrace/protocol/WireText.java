package org.headrace.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Texts of messages: UTF-8, cut at a character's border if longer than the protocol admits. */
final class WireText
{
    private WireText()
    {
    }

    static byte[] encode(final String text)
    {
        final byte[] bytes = text == null ? new byte[0] : text.getBytes(UTF_8);
        if (bytes.length <= ControlChannel.MAX_TEXT_LENGTH)
        {
            return bytes;
        }
        int end = ControlChannel.MAX_TEXT_LENGTH;
        while ((bytes[end] & 0xC0) == 0x80)
        {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }
}
