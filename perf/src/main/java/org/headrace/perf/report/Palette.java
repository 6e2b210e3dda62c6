package org.headrace.perf.report;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Colours of {@link Canvas.Ink}, once for light and once for dark paper. */
enum Palette
{
    /** On white. */
    LIGHT(0x1b1f24, 0x59636e, 0xd8dee4, 0xb3261e,
        0x0b6e4f, 0x3a9d78, 0x3a5ba0, 0x7f9bd1, 0xc1440e, 0xa77b00, 0x7a4fa3, 0x6b7280),
    /** On nearly black. */
    DARK(0xe6edf3, 0x9ba7b4, 0x39424e, 0xff8a80,
        0x4cc38a, 0x8fdcb9, 0x82a8ff, 0xb3c7ff, 0xff9a5c, 0xe6c04f, 0xc79bf2, 0xa8b0bb);

    private final Map<Canvas.Ink, Integer> colours = new EnumMap<>(Canvas.Ink.class);

    Palette(final int... rgb)
    {
        for (final Canvas.Ink ink : Canvas.Ink.values())
        {
            colours.put(ink, rgb[ink.ordinal()]);
        }
    }

    int rgb(final Canvas.Ink ink)
    {
        return colours.get(ink);
    }

    /** Rules of a style sheet. */
    String css()
    {
        final StringBuilder rules = new StringBuilder();
        for (final Canvas.Ink ink : Canvas.Ink.values())
        {
            rules.append(String.format(Locale.ROOT, ".%s{fill:#%06x}.%s{stroke:#%06x}%n", SvgCanvas.fill(ink),
                rgb(ink), SvgCanvas.stroke(ink), rgb(ink)));
        }
        return rules.toString();
    }
}
