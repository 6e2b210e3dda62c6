package org.headrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.Publication;
import io.aeron.logbuffer.FragmentHandler;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.protocol.codec.AccessPrefixesEntryRequestDecoder;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class ControlProtocolTest
{
    private final List<String> calls = new ArrayList<>();
    private final ControlRequestAdapter requestAdapter =
        new ControlRequestAdapter(RecordingListener.of(ControlRequestListener.class, calls));
    private final ControlResponseAdapter responseAdapter =
        new ControlResponseAdapter(RecordingListener.of(ControlResponseListener.class, calls));

    @Test
    void shouldRoundTripEveryRequest()
    {
        for (final MessageSamples.Sample sample : MessageSamples.requests())
        {
            deliver(requestAdapter, sample.bytes());
            assertThat(calls.removeLast()).isEqualTo(sample.call());
        }
        assertThat(calls).isEmpty();
    }

    @Test
    void shouldRoundTripEveryResponse()
    {
        for (final MessageSamples.Sample sample : MessageSamples.responses())
        {
            deliver(responseAdapter, sample.bytes());
            assertThat(calls.removeLast()).isEqualTo(sample.call());
        }
        assertThat(calls).isEmpty();
    }

    @Test
    void shouldCallAShortenedMessageMalformed()
    {
        for (final MessageSamples.Sample sample : MessageSamples.requests())
        {
            for (int length = 0; length < sample.bytes().length; length++)
            {
                final byte[] shortened = new byte[length];
                System.arraycopy(sample.bytes(), 0, shortened, 0, length);
                deliver(requestAdapter, shortened);
                assertThat(calls.removeLast()).startsWith("onMalformed(");
            }
        }
    }

    @Test
    void shouldNameTheProblemOfAMalformedMessage()
    {
        final byte[] hello = MessageSamples.requests().getFirst().bytes();
        assertProblem(new byte[3], "length=3 is outside 8..1024");
        assertProblem(new byte[1025], "length=1025 is outside 8..1024");
        assertProblem(with(hello, 4, 1), "schemaId=6913 version=3 (expected 7100 version 3 or later)");
        assertProblem(with(hello, 6, 2), "schemaId=7100 version=2 (expected 7100 version 3 or later)");
        assertProblem(with(hello, 2, 99), "templateId=99 is not a message of this protocol");
        assertProblem(with(hello, 2, 101), "templateId=101 blockLength=16 (expected 24)");
        assertProblem(with(hello, 0, 17), "templateId=1 blockLength=17 (expected 16)");
        assertProblem(MessageSamples.responses().getFirst().bytes(), "templateId=101 is not a request");
        assertProblem(append(hello, 1), "templateId=1 length=25 (expected 24)");
    }

    @Test
    void shouldRefuseAGroupThatIsNotWhatItSays()
    {
        final byte[] prefixes = MessageSamples.requests().stream().map(MessageSamples.Sample::bytes)
            .filter(bytes -> bytes[2] == AccessPrefixesEntryRequestDecoder.TEMPLATE_ID)
            .skip(1).findFirst().orElseThrow();
        assertProblem(with(prefixes, 18, 3), "templateId=17 length=54 (expected 71)");
        assertProblem(with(prefixes, 18, 1), "templateId=17 length=54 (expected 37)");
        assertProblem(with(prefixes, 18, 57),
            "templateId=17 prefixes=57 of length=17 (expected at most 56 of length 17)");
        assertProblem(with(prefixes, 16, 18),
            "templateId=17 prefixes=2 of length=18 (expected at most 56 of length 17)");
    }

    @Test
    void shouldAcceptWhatANewerPeerAppended()
    {
        final byte[] hello = with(MessageSamples.requests().getFirst().bytes(), 6, 4);
        deliver(requestAdapter, append(hello, 5));
        deliver(requestAdapter, append(with(hello, 0, 20), 4));
        assertThat(calls).containsExactly("onHello(1, -2)", "onHello(1, -2)");
    }

    @Test
    void shouldAgreeOnTheChecksumOfAGeneration()
    {
        final ControlRequestProxy proxy = new ControlRequestProxy(this::deliverRequest);
        proxy.generationBegin(1, 2);
        assertThat(requestAdapter.entryChecksum()).isZero();
        proxy.serviceEntry(2, MessageSamples.SERVICE, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT,
            Persistence.NONE, "web/http");
        proxy.serverEntry(2, MessageSamples.SERVER, 1, ServerState.UP);
        final int checksum = proxy.entryChecksum();
        assertThat(checksum).isNotZero().isEqualTo(requestAdapter.entryChecksum());

        proxy.adjacencyEntry(0, MessageSamples.SERVER.address(), 1, 2, 1500);
        proxy.heartbeat(1, 1);
        assertThat(proxy.entryChecksum()).isEqualTo(checksum).isEqualTo(requestAdapter.entryChecksum());

        proxy.localAddressEntry(2, MessageSamples.SERVER.address(), true);
        assertThat(proxy.entryChecksum()).isNotEqualTo(checksum).isEqualTo(requestAdapter.entryChecksum());
    }

    @Test
    void shouldNotCountAnEntryThatWasNotTaken()
    {
        final ControlRequestProxy proxy = new ControlRequestProxy((buffer, offset, length) -> Publication.CLOSED);
        assertThat(proxy.serverEntry(2, MessageSamples.SERVER, 1, ServerState.UP)).isFalse();
        assertThat(proxy.lastResult()).isEqualTo(Publication.CLOSED);
        assertThat(proxy.entryChecksum()).isZero();
    }

    @Test
    void shouldCutALongTextAtABorderOfCharacters()
    {
        final ControlResponseProxy proxy = new ControlResponseProxy((buffer, offset, length) ->
        {
            responseAdapter.onFragment(buffer, offset, length, null);
            return 1;
        });
        proxy.delta(1, ResultCode.INTERNAL_ERROR, "x" + "ä".repeat(300));
        assertThat(calls).containsExactly("onDelta(1, INTERNAL_ERROR, x" + "ä".repeat(255) + ")");
    }

    private void assertProblem(final byte[] bytes, final String problem)
    {
        deliver(requestAdapter, bytes);
        assertThat(calls.removeLast()).isEqualTo("onMalformed(" + problem + ")");
    }

    private long deliverRequest(final DirectBuffer buffer, final int offset, final int length)
    {
        requestAdapter.onFragment(buffer, offset, length, null);
        return 1;
    }

    private static byte[] with(final byte[] bytes, final int index, final int value)
    {
        final byte[] changed = bytes.clone();
        changed[index] = (byte)value;
        return changed;
    }

    private static byte[] append(final byte[] bytes, final int count)
    {
        return java.util.Arrays.copyOf(bytes, bytes.length + count);
    }

    private static void deliver(final FragmentHandler handler, final byte[] bytes)
    {
        handler.onFragment(new UnsafeBuffer(bytes), 0, bytes.length, null);
    }
}
