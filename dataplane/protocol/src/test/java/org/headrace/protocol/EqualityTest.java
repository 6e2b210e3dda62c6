package org.headrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.protocol.codec.Transport;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Of what is written out, because the JVM's own is made at run time. */
class EqualityTest
{
    private static final IpAddress ADDRESS = new IpAddress(1, 2);
    private static final Endpoint ENDPOINT = new Endpoint(ADDRESS, 80);
    private static final ServiceKey KEY = new ServiceKey(Transport.TCP, ENDPOINT);

    @Test
    void shouldSeeEveryPart()
    {
        assertThat(ADDRESS).isEqualTo(new IpAddress(1, 2)).hasSameHashCodeAs(new IpAddress(1, 2));
        assertThat(ENDPOINT).isEqualTo(new Endpoint(new IpAddress(1, 2), 80))
            .hasSameHashCodeAs(new Endpoint(new IpAddress(1, 2), 80));
        assertThat(KEY).isEqualTo(new ServiceKey(Transport.TCP, new Endpoint(new IpAddress(1, 2), 80)))
            .hasSameHashCodeAs(new ServiceKey(Transport.TCP, new Endpoint(new IpAddress(1, 2), 80)));
        assertThat(List.<Object>of(
            ADDRESS, new IpAddress(1, 3), new IpAddress(3, 2),
            ENDPOINT, new Endpoint(ADDRESS, 81), new Endpoint(new IpAddress(1, 3), 80),
            KEY, new ServiceKey(Transport.UDP, ENDPOINT), new ServiceKey(Transport.TCP, new Endpoint(ADDRESS, 81))))
            .doesNotHaveDuplicates();
    }

    @Test
    void shouldNotBeEqualToOtherThings()
    {
        assertThat(ADDRESS.equals(null)).isFalse();
        assertThat(ENDPOINT.equals(null)).isFalse();
        assertThat(KEY.equals(null)).isFalse();
    }
}
