package org.headrace.perf.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/**
 * As much of a DNS message (RFC 1035 section 4) as asking "who are you" needs: one question for a TXT record, and an
 * answer that holds the server's name. Real tools understand it: {@code dig @10.99.0.1 who.lab TXT +short}.
 */
public final class DnsMessage
{
    /** Longest message that is made here. */
    public static final int MAX_LENGTH = 512;

    private static final int HEADER_LENGTH = 12;
    private static final int FLAGS_OFFSET = 2;
    private static final int QUESTIONS_OFFSET = 4;
    private static final int ANSWERS_OFFSET = 6;
    private static final int RESPONSE = 0x8400;
    private static final int TYPE_TXT = 16;
    private static final int CLASS_IN = 1;
    private static final int POINTER_TO_QUESTION = 0xC000 | HEADER_LENGTH;

    private DnsMessage()
    {
    }

    /**
     * @param buffer cleared and then filled with a query, ready to be sent.
     * @param id     of the query.
     * @param label  first label of the name; its length makes the message's length.
     */
    public static void putQuery(final ByteBuffer buffer, final int id, final String label)
    {
        buffer.clear();
        buffer.putShort((short)id).putShort((short)0);
        buffer.putShort((short)1).putShort((short)0).putShort((short)0).putShort((short)0);
        buffer.put((byte)label.length()).put(label.getBytes(US_ASCII));
        buffer.put((byte)3).put("lab".getBytes(US_ASCII)).put((byte)0);
        buffer.putShort((short)TYPE_TXT).putShort((short)CLASS_IN).flip();
    }

    /**
     * Turns a query into its answer, in place.
     *
     * @param buffer holds a received message; is ready to be sent afterwards.
     * @param text   the TXT record's text.
     * @return false if it is not a query that can be answered.
     */
    public static boolean answer(final ByteBuffer buffer, final byte[] text)
    {
        final int end = questionEnd(buffer);
        if (end < 0 || buffer.getShort(FLAGS_OFFSET) < 0)
        {
            return false;
        }
        buffer.putShort(FLAGS_OFFSET, (short)RESPONSE).putShort(ANSWERS_OFFSET, (short)1);
        // Records after the question, such as EDNS, are not repeated.
        buffer.putInt(ANSWERS_OFFSET + Short.BYTES, 0);
        buffer.limit(buffer.capacity()).position(end);
        buffer.putShort((short)POINTER_TO_QUESTION).putShort((short)TYPE_TXT).putShort((short)CLASS_IN).putInt(0);
        buffer.putShort((short)(text.length + 1)).put((byte)text.length).put(text).flip();
        return true;
    }

    /**
     * @param buffer holds a received answer.
     * @param id     of the query.
     * @return text of the TXT record, null if it is no answer to that query.
     */
    public static String text(final ByteBuffer buffer, final int id)
    {
        final int end = questionEnd(buffer);
        if (end < 0 || (buffer.getShort(0) & 0xFFFF) != id || buffer.getShort(ANSWERS_OFFSET) != 1)
        {
            return null;
        }
        final int lengthOffset = end + 12;
        if (lengthOffset >= buffer.limit())
        {
            return null;
        }
        final byte[] text = new byte[Math.min(buffer.get(lengthOffset) & 0xFF, buffer.limit() - lengthOffset - 1)];
        buffer.get(lengthOffset + 1, text);
        return new String(text, US_ASCII);
    }

    private static int questionEnd(final ByteBuffer buffer)
    {
        if (buffer.limit() < HEADER_LENGTH || buffer.getShort(QUESTIONS_OFFSET) != 1)
        {
            return -1;
        }
        int offset = HEADER_LENGTH;
        while (offset < buffer.limit() && buffer.get(offset) != 0)
        {
            offset += 1 + (buffer.get(offset) & 0x3F);
        }
        offset += 1 + 2 * Short.BYTES;
        return offset <= buffer.limit() ? offset : -1;
    }
}
