package org.headrace.agent.netlink;

import java.util.function.Consumer;

/**
 * Requests and their answers on a socket without subscriptions. The kernel works on requests within send(2), so the
 * answers are there when it returns, and asking many at once costs two system calls. Used by one thread at a time.
 */
final class NetlinkSession implements AutoCloseable
{
    /**
     * Requests per exchange. The answers have to fit the receive buffer, where a small one counts for about 1 KiB.
     */
    static final int REQUEST_LIMIT = 128;

    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
    private static final int ANSWER_TIMEOUT_MS = 2_000;

    private final NetlinkSocket socket = new NetlinkSocket(0, RECEIVE_BUFFER_BYTES);
    private final PollSet pollSet = new PollSet(socket.fd());
    private final RtnetlinkProxy requests = new RtnetlinkProxy(REQUEST_LIMIT);

    /** The next batch is appended here after {@link RtnetlinkProxy#clear()}. */
    RtnetlinkProxy requests()
    {
        return requests;
    }

    /**
     * Sends the batch and takes answers until that of its last request.
     *
     * @param lastSequence of the last request, which has one message or an acknowledgement as its answer.
     * @param answers      receives all messages in order; the sequence number says whose they are.
     */
    void exchange(final int lastSequence, final Consumer<RtnetlinkMessage> answers)
    {
        await(new Answer(lastSequence, false, answers));
    }

    /**
     * Sends a dump request and takes its messages.
     *
     * @return false if a change got in between and the dump has to be asked for again.
     */
    boolean dump(final int type, final Consumer<RtnetlinkMessage> answers)
    {
        final Answer answer = new Answer(requests.clear().dump(type), true, answers);
        await(answer);
        return !answer.isInterrupted;
    }

    @Override
    public void close()
    {
        socket.close();
    }

    private void await(final Answer answer)
    {
        final RtnetlinkAdapter adapter = new RtnetlinkAdapter(answer);
        socket.send(requests.segment(), requests.lengthBytes());
        while (!answer.isComplete)
        {
            final int received = socket.receive();
            for (int i = 0; i < received; i++)
            {
                adapter.onDatagram(socket.datagram(i));
            }
            if (received == 0)
            {
                pollSet.await(ANSWER_TIMEOUT_MS);
                if (!pollSet.isReady(0))
                {
                    throw new NetlinkException("no answer to request sequence=" + answer.lastSequence + " within " +
                        ANSWER_TIMEOUT_MS + " ms", Errno.ETIMEDOUT.number(), "");
                }
            }
        }
    }

    /** Tells the last message of an answer from the others. */
    private static final class Answer implements RtnetlinkListener
    {
        private final int lastSequence;
        private final boolean isDump;
        private final Consumer<RtnetlinkMessage> messages;
        private boolean isComplete;
        private boolean isInterrupted;

        Answer(final int lastSequence, final boolean isDump, final Consumer<RtnetlinkMessage> messages)
        {
            this.lastSequence = lastSequence;
            this.isDump = isDump;
            this.messages = messages;
        }

        @Override
        public void onMessage(final RtnetlinkMessage message)
        {
            final boolean isOurs = message.sequence() == lastSequence;
            isComplete |= isOurs && (message instanceof RtnetlinkMessage.End || !isDump);
            if (isDump && isOurs && message instanceof final RtnetlinkMessage.End end && end.errno() != 0)
            {
                throw new NetlinkException("rtnetlink dump sequence=" + lastSequence, end.errno(), end.text());
            }
            messages.accept(message);
        }

        @Override
        public void onDumpInterrupted(final int sequence)
        {
            isInterrupted |= sequence == lastSequence;
        }

        @Override
        public void onMalformed(final String reason)
        {
            throw new NetlinkException("answer of the kernel: " + reason, 0, "");
        }
    }
}
