package org.headrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Random and mutated messages: one call of a listener each, nothing thrown, nothing read beyond the fragment. */
class ControlProtocolFuzzTest
{
    private static final int ROUNDS = 50_000;

    private final List<String> requestCalls = new ArrayList<>();
    private final List<String> responseCalls = new ArrayList<>();
    private final ControlRequestAdapter requestAdapter =
        new ControlRequestAdapter(RecordingListener.of(ControlRequestListener.class, requestCalls));
    private final ControlResponseAdapter responseAdapter =
        new ControlResponseAdapter(RecordingListener.of(ControlResponseListener.class, responseCalls));

    @FuzzTest
    void shouldSurviveAnyBytes(final byte[] bytes)
    {
        deliver(bytes);
    }

    @Test
    void shouldSurviveRandomBytesAndMutatedMessages()
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        final Random random = new Random(seed);
        final List<MessageSamples.Sample> samples = new ArrayList<>(MessageSamples.requests());
        samples.addAll(MessageSamples.responses());
        int wellFormed = 0;
        for (int i = 0; i < ROUNDS; i++)
        {
            final byte[] bytes = (i & 7) == 0 ? randomBytes(random) :
                mutated(samples.get(random.nextInt(samples.size())).bytes(), random);
            try
            {
                wellFormed += deliver(bytes);
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError("headrace.test.seed=" + seed + " round=" + i + " bytes=" +
                    Arrays.toString(bytes), ex);
            }
        }
        assertThat(wellFormed).as("mutations that stayed well formed, seed=" + seed).isPositive();
    }

    /** The buffer ends where the fragment ends, so that Agrona's bounds checks catch a read beyond it. */
    private int deliver(final byte[] bytes)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        requestAdapter.onFragment(buffer, 0, bytes.length, null);
        responseAdapter.onFragment(buffer, 0, bytes.length, null);
        assertThat(requestCalls).hasSize(1);
        assertThat(responseCalls).hasSize(1);
        final boolean isMalformed = requestCalls.removeLast().startsWith("onMalformed(") &
            responseCalls.removeLast().startsWith("onMalformed(");
        return isMalformed ? 0 : 1;
    }

    private static byte[] randomBytes(final Random random)
    {
        final byte[] bytes = new byte[random.nextInt(1100)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] mutated(final byte[] valid, final Random random)
    {
        final byte[] bytes = Arrays.copyOf(valid, Math.max(0, valid.length + random.nextInt(5) - 2));
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--)
        {
            // Half of the changes hit the header, where the lengths are.
            final int bound = random.nextBoolean() ? Math.min(8, bytes.length) : bytes.length;
            bytes[random.nextInt(bound)] = (byte)random.nextInt(256);
        }
        return bytes;
    }
}
