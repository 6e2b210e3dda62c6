package org.headrace.forwarder.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class LinkDriverTest
{
    @Test
    void shouldTellWhatAnInterfaceIs()
    {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: needs root");
        try (NetworkNamespace own = new NetworkNamespace("hrld-" + ProcessHandle.current().pid()))
        {
            own.ip("link add a0 type veth peer name z0");
            assertThat(own.call(() -> LinkDriver.of("a0")))
                .isEqualTo(new LinkDriver("veth", true, true, false));
            own.ip("link add br0 type bridge");
            assertThat(own.call(() -> LinkDriver.of("br0")).isVirtual()).isTrue();
            assertThat(own.call(() -> LinkDriver.of("lo"))).isEqualTo(new LinkDriver("", false, false, false));
            assertThat(own.call(() -> LinkDriver.of("nobody"))).isEqualTo(new LinkDriver("", false, false, false));
        }
    }
}
