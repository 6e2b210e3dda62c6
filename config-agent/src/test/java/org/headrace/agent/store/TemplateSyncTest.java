package org.headrace.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.concurrent.SystemNanoClock;
import org.headrace.agent.publish.DataPlaneSession;
import org.headrace.agent.publish.DataPlaneSessionListener;
import org.headrace.agent.publish.FakeDataPlane;
import org.headrace.agent.publish.GenerationContent;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.codec.ResultCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Store, session and a data plane that only pretends, driven by hand on one thread. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TemplateSyncTest
{
    private static final int ENTRIES = 20_000;
    private static final long NOW_MS = 1_800_000_000_000L;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    Path directory;

    private FakeDataPlane dataPlane;
    private StoreAgent store;
    private DataPlaneSession session;
    private TemplateSync sync;

    @BeforeEach
    void setUp()
    {
        dataPlane = new FakeDataPlane(directory, 0);
        store = new StoreAgent(() -> TemplateStore.open(directory.resolve("store"), ENTRIES), () -> NOW_MS);
        session = new DataPlaneSession(ControlChannel.aeronDirectory(directory), SystemNanoClock.INSTANCE, 7,
            () -> GenerationContent.EMPTY, new Forward());
        sync = new TemplateSync(session, store, SystemNanoClock.INSTANCE);
    }

    @AfterEach
    void tearDown()
    {
        session.onClose();
        store.onClose();
        dataPlane.close();
    }

    @Test
    void shouldWantNothingWithoutPersistence()
    {
        sync.persistence(false);
        session.publish();
        runUntil(session::isReady);
        run(50);
        assertThat(dataPlane.calls()).doesNotContain("feed");
        assertThat(sync.isInStep()).isTrue();
        assertThat(store.stateName()).isEqualTo("closed");
    }

    @Test
    void shouldLoadTheStoreBackIntoANewTableAndStoreWhatItTells()
    {
        fill(10_000);
        sync.persistence(true);
        assertThat(sync.isInStep()).isFalse();
        session.publish();
        runUntil(sync::isInStep);
        runUntil(() -> dataPlane.calls().contains("restored 10000"));
        assertThat(new HashSet<>(dataPlane.restored())).hasSize(10_000)
            .contains(Templates.template(9_999, NOW_MS + 60_000));

        dataPlane.tell(Templates.template(10_000, NOW_MS + 70_000));
        dataPlane.tell(Templates.template(0, NOW_MS + 80_000));
        runUntil(() -> storeHolds(10_001));
    }

    @Test
    void shouldNotLoadBackIntoATableThatHasHadIt()
    {
        fill(100);
        sync.persistence(true);
        session.publish();
        runUntil(sync::isInStep);
        runUntil(() -> dataPlane.calls().contains("restored 100"));
        final int restored = dataPlane.restored().size();
        sync.onDisconnected();
        assertThat(sync.isInStep()).isFalse();
        runUntil(sync::isInStep);
        assertThat(dataPlane.calls().stream().filter("feed"::equals).count()).isEqualTo(2);
        assertThat(dataPlane.restored()).hasSize(restored);
    }

    private void fill(final int count)
    {
        store.open();
        store.doWork();
        for (int i = 0; i < count; i++)
        {
            while (!store.offer(Templates.template(i, NOW_MS + 60_000)))
            {
                store.doWork();
            }
        }
        runUntil(() -> store.room() == 16_384);
    }

    private boolean storeHolds(final int count)
    {
        store.load();
        final HashSet<Object> all = new HashSet<>();
        while (!store.isLoaded())
        {
            store.doWork();
            for (Object template = store.pollLoaded(); template != null; template = store.pollLoaded())
            {
                all.add(template);
            }
        }
        return all.size() == count && all.contains(Templates.template(0, NOW_MS + 80_000));
    }

    private void runUntil(final BooleanSupplier condition)
    {
        final long deadlineNs = System.nanoTime() + LIMIT_NS;
        while (!condition.getAsBoolean())
        {
            assertThat(System.nanoTime()).as(dataPlane.calls().toString()).isLessThan(deadlineNs);
            run(1);
        }
    }

    private void run(final int cycles)
    {
        for (int i = 0; i < cycles; i++)
        {
            session.doWork();
            sync.doWork();
            store.doWork();
            dataPlane.doWork();
        }
    }

    private final class Forward implements DataPlaneSessionListener
    {
        @Override
        public void onConnected(final long dataPlaneEpoch, final long generation)
        {
            // Nothing depends on it.
        }

        @Override
        public void onDisconnected(final String reason)
        {
            sync.onDisconnected();
        }

        @Override
        public void onAccepted(final long generation, final GenerationContent content)
        {
            // Asked for by state.
        }

        @Override
        public void onRejected(
            final long generation, final GenerationContent content, final ResultCode code, final String text)
        {
            throw new AssertionError(code + " " + text);
        }
    }
}
