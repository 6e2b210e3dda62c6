package org.headrace.forwarder.io.memory;

import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.PacketIoContractTest;
import org.headrace.forwarder.io.PacketIoRig;
import org.headrace.protocol.counters.DropReason;

import java.nio.ByteBuffer;
import java.util.Arrays;

class MemoryPacketIoTest extends PacketIoContractTest
{
    private static final int SLOTS = 512;

    @Override
    protected PacketIoRig openRig()
    {
        return new Rig();
    }

    private static final class Rig implements PacketIoRig
    {
        private final MemoryPacketIo io = new MemoryPacketIo(2, SLOTS);

        @Override
        public PacketIo io()
        {
            return io;
        }

        @Override
        public void inject(final int place, final byte[] frame, final int flags)
        {
            io.offer(place, frame, flags);
        }

        @Override
        public Sent takeTransmitted(final int place)
        {
            final MemoryPacketIo.Frame frame = io.takeTransmitted(place);
            return frame == null ? null : new Sent(frame.bytes(), frame.flags());
        }

        @Override
        public byte[] takePassed()
        {
            final byte[] frame = io.takePassed().bytes();
            return Arrays.copyOfRange(frame, 14, frame.length);
        }

        @Override
        public void fail(final int place)
        {
            io.refuse(place, DropReason.TX_ERROR);
        }

        @Override
        public byte[] frame(final int number, final int length)
        {
            final byte[] frame = new byte[length];
            Arrays.fill(frame, (byte)number);
            ByteBuffer.wrap(frame).putInt(number);
            return frame;
        }

        @Override
        public int minFrameBytes()
        {
            return 14;
        }

        @Override
        public int moreThanFit()
        {
            return SLOTS + 5;
        }

        @Override
        public void close()
        {
            io.close();
        }
    }
}
