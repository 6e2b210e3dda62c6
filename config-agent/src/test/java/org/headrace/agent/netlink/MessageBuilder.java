package org.headrace.agent.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Datagrams as the kernel would send them. */
final class MessageBuilder
{
    private final ByteBuffer buffer = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());
    private int messageOffset;

    MessageBuilder message(final int type, final int flags, final int sequence)
    {
        finish();
        messageOffset = buffer.position();
        buffer.putInt(0).putShort((short)type).putShort((short)flags).putInt(sequence).putInt(0);
        return this;
    }

    MessageBuilder link(final int type, final int family, final int hardwareType, final int index, final int flags)
    {
        message(type, 0, 0);
        buffer.put((byte)family).put((byte)0).putShort((short)hardwareType).putInt(index).putInt(flags).putInt(0);
        return this;
    }

    MessageBuilder address(final int type, final int family, final int lengthBits, final int index)
    {
        message(type, 0, 0);
        buffer.put((byte)family).put((byte)lengthBits).put((byte)0).put((byte)0).putInt(index);
        return this;
    }

    MessageBuilder route(final int type, final int sequence, final int family, final int lengthBits, final int kind,
        final int flags)
    {
        message(type, 0, sequence);
        buffer.put((byte)family).put((byte)lengthBits).put(new byte[5]).put((byte)kind).putInt(flags);
        return this;
    }

    MessageBuilder neighbour(final int type, final int family, final int index, final int state, final int flags)
    {
        message(type, 0, 0);
        buffer.put((byte)family).put(new byte[3]).putInt(index).putShort((short)state).put((byte)flags).put((byte)0);
        return this;
    }

    MessageBuilder ints(final int... values)
    {
        for (final int value : values)
        {
            buffer.putInt(value);
        }
        return this;
    }

    MessageBuilder attribute(final int type, final int... bytes)
    {
        buffer.putShort((short)(4 + bytes.length)).putShort((short)type);
        for (final int value : bytes)
        {
            buffer.put((byte)value);
        }
        while (buffer.position() % 4 != 0)
        {
            buffer.put((byte)0);
        }
        return this;
    }

    MessageBuilder intAttribute(final int type, final int value)
    {
        buffer.putShort((short)8).putShort((short)type).putInt(value);
        return this;
    }

    MessageBuilder textAttribute(final int type, final String text)
    {
        return attribute(type, (text + '\0').chars().toArray());
    }

    ByteBuffer build()
    {
        finish();
        return buffer.duplicate().order(ByteOrder.nativeOrder()).flip();
    }

    private void finish()
    {
        if (buffer.position() > messageOffset)
        {
            buffer.putInt(messageOffset, buffer.position() - messageOffset);
        }
    }
}
