package org.headrace.forwarder;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class WarmUpTest
{
    @Test
    void shouldRunThroughTheWholePipelineWithoutAnException()
    {
        assertThatCode(() -> new WarmUp().run(2_000)).doesNotThrowAnyException();
    }
}
