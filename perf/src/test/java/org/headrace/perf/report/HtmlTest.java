package org.headrace.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class HtmlTest
{
    @Test
    void shouldEscapeEverythingThatMeansSomething()
    {
        assertThat(Html.escape("<a href='x'>\"&\"</a>"))
            .isEqualTo("&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
    }

    @Test
    void shouldEscapeHeadsAndCells()
    {
        assertThat(Html.table(List.of("<h>"), List.of(List.of("<script>")))).contains("<th>&lt;h&gt;</th>",
            "<td>&lt;script&gt;</td>");
    }

    @Test
    void shouldMarkVerdictsAndNumbers()
    {
        assertThat(Html.table(List.of("", "", "", ""),
            List.of(List.of("reached", "missed by 3 %", "not measured", "1,234"))))
            .contains("class=\"reached\">reached", "class=\"missed\">missed", "class=\"none\">not measured",
                "class=\"number\">1,234");
    }

    @Test
    void shouldNeedNothingFromElsewhereAndKnowDarkScreens()
    {
        final String page = Html.page("a & b", "<p>body</p>\n");

        assertThat(page).contains("<title>a &amp; b</title>", "<p>body</p>", "prefers-color-scheme: dark")
            .doesNotContain("src=", "@import", "url(", "<link", "<script");
    }
}
