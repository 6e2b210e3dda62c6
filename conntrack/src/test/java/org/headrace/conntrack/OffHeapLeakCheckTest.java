package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;

class OffHeapLeakCheckTest
{
    @Test
    void shouldNoticeWhatIsNotGivenBack()
    {
        final long before = OffHeapLeakCheck.usedBytes();
        try (Arena arena = Arena.ofConfined())
        {
            arena.allocate(1 << 20);
            assertThatThrownBy(() -> OffHeapLeakCheck.awaitFreed("this test", before, 0))
                .isInstanceOf(AssertionError.class).hasMessageContaining("off-heap leak: usedBytes=")
                .hasMessageContaining("as before this test");
        }
        OffHeapLeakCheck.awaitFreed("this test", before, 0);
    }

    @Test
    void shouldWaitForWhatOnlyTheCollectorGivesBack()
    {
        final long before = OffHeapLeakCheck.usedBytes();
        TestTables.memory(10_000);
        OffHeapLeakCheck.awaitFreed("this test", before, 10_000);
    }
}
