package org.headrace.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.protocol.TemplateSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

class StoreAgentTest
{
    private static final int ENTRIES = 50_000;
    private static final long NOW_MS = 1_800_000_000_000L;

    @TempDir
    Path directory;

    private long nowMs = NOW_MS;
    private final StoreAgent agent = new StoreAgent(() -> TemplateStore.open(directory, ENTRIES), () -> nowMs);

    @Test
    void shouldOpenNothingBeforeItIsWanted()
    {
        agent.doWork();
        assertThat(agent.isOpen()).isFalse();
        assertThat(directory).isEmptyDirectory();
        agent.open();
        agent.doWork();
        assertThat(agent.isOpen()).isTrue();
        agent.onClose();
    }

    @Test
    void shouldSayThatThereIsNoStoreAndGoOn()
    {
        final StoreAgent none = new StoreAgent(
            () -> {
                throw new IOException("no disk");
            }, () -> nowMs);
        none.open();
        none.doWork();
        assertThat(none.isUnavailable()).isTrue();
        assertThat(none.isOpen()).isFalse();
        none.open();
        assertThat(none.doWork()).isZero();
        none.onClose();
    }

    @Test
    void shouldLoadEverythingThroughABoundedQueue()
    {
        openAndFill(40_000);
        agent.load();
        final List<TemplateSnapshot> loaded = loadAll();
        assertThat(loaded).hasSize(40_000);
        assertThat(new HashSet<>(loaded)).hasSize(40_000).contains(Templates.template(39_999, NOW_MS + 60_000));
        agent.onClose();
    }

    @Test
    void shouldBeginALoadAnewInItsMiddle()
    {
        openAndFill(40_000);
        agent.load();
        agent.doWork();
        for (int i = 0; i < 100; i++)
        {
            agent.doWork();
            agent.pollLoaded();
        }
        agent.load();
        assertThat(agent.isLoaded()).isFalse();
        assertThat(new HashSet<>(loadAll())).hasSize(40_000);
        agent.onClose();
    }

    @Test
    void shouldPurgeStepByStepAndKeepWhatWasOfferedLast()
    {
        openAndFill(1_000);
        nowMs += 61_000;
        for (int i = 0; i < 5_000; i++)
        {
            nowMs += 100;
            agent.doWork();
        }
        agent.load();
        assertThat(loadAll()).isEmpty();
        agent.offer(Templates.template(5, nowMs + 1_000));
        agent.onClose();
        final StoreAgent next = new StoreAgent(() -> TemplateStore.open(directory, ENTRIES), () -> nowMs);
        next.open();
        next.doWork();
        next.load();
        assertThat(loadAll(next)).containsExactly(Templates.template(5, nowMs + 1_000));
        next.onClose();
    }

    private void openAndFill(final int count)
    {
        agent.open();
        agent.doWork();
        for (int i = 0; i < count; i++)
        {
            while (!agent.offer(Templates.template(i, NOW_MS + 60_000)))
            {
                agent.doWork();
            }
        }
        while (agent.room() < 16_384)
        {
            agent.doWork();
        }
    }

    private List<TemplateSnapshot> loadAll()
    {
        return loadAll(agent);
    }

    private static List<TemplateSnapshot> loadAll(final StoreAgent agent)
    {
        final List<TemplateSnapshot> loaded = new ArrayList<>();
        while (!agent.isLoaded())
        {
            agent.doWork();
            for (TemplateSnapshot template = agent.pollLoaded(); template != null; template = agent.pollLoaded())
            {
                loaded.add(template);
            }
        }
        return loaded;
    }
}
