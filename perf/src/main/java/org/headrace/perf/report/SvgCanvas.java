package org.headrace.perf.report;

import java.util.Locale;

/** Draws SVG that stands inside a page: colours come from the page's style sheet, by class. */
final class SvgCanvas implements Canvas
{
    private final StringBuilder svg = new StringBuilder();

    SvgCanvas(final int width, final int height, final String title)
    {
        svg.append(String.format(Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" " +
            "aria-label=\"%s\">%n", width, height, width, Html.escape(title)));
    }

    @Override
    public void line(
        final double x1, final double y1, final double x2, final double y2, final Ink ink, final double width)
    {
        svg.append(String.format(Locale.ROOT, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" " +
            "class=\"%s\" stroke-width=\"%.1f\"/>%n", x1, y1, x2, y2, stroke(ink), width));
    }

    @Override
    public void bar(final double x, final double y, final double width, final double height, final Ink ink)
    {
        svg.append(String.format(Locale.ROOT, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" " +
            "class=\"%s\"/>%n", x, y, width, height, fill(ink)));
    }

    @Override
    public void dot(final double x, final double y, final double radius, final Ink ink)
    {
        svg.append(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" class=\"%s\"/>%n", x, y,
            radius, fill(ink)));
    }

    @Override
    public void text(
        final double x, final double y, final Anchor anchor, final int size, final Ink ink, final String text)
    {
        svg.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" " +
            "class=\"%s\">%s</text>%n", x, y, anchor.name().toLowerCase(Locale.ROOT), size, fill(ink),
            Html.escape(text)));
    }

    @Override
    public String toString()
    {
        return svg + "</svg>\n";
    }

    /** Class of the page's style sheet that paints lines. */
    static String stroke(final Ink ink)
    {
        return "s-" + name(ink);
    }

    /** Class of the page's style sheet that paints areas and letters. */
    static String fill(final Ink ink)
    {
        return "f-" + name(ink);
    }

    static String name(final Ink ink)
    {
        return ink.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
