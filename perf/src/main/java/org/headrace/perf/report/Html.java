package org.headrace.perf.report;

import java.util.List;

/** Pieces of a page. Whatever comes from outside goes through {@link #escape}. */
public final class Html
{
    private Html()
    {
    }

    /** @param text from anywhere. @return the same to be read in a page or in an attribute. */
    public static String escape(final String text)
    {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
            .replace("'", "&#39;");
    }

    /**
     * @param heads of the columns, plain text.
     * @param rows  of cells, plain text.
     * @return the table.
     */
    public static String table(final List<String> heads, final List<List<String>> rows)
    {
        final StringBuilder table = new StringBuilder("<div class=\"wide\"><table><thead><tr>");
        heads.forEach(head -> table.append("<th>").append(escape(head)).append("</th>"));
        table.append("</tr></thead><tbody>\n");
        for (final List<String> row : rows)
        {
            table.append("<tr>");
            row.forEach(cell -> table.append("<td").append(cssClass(cell)).append('>').append(escape(cell))
                .append("</td>"));
            table.append("</tr>\n");
        }
        return table.append("</tbody></table></div>\n").toString();
    }

    /**
     * @param title of the page, plain text.
     * @param body  of the page, HTML.
     * @return the whole page, which needs nothing from elsewhere, for light and for dark screens.
     */
    public static String page(final String title, final String body)
    {
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%s</title>
            <style>
            %s%s@media (prefers-color-scheme: dark){
            body{background:#0f1419;color:#e6edf3}th{background:#1b222b}th,td{border-color:#39424e}
            pre,code{background:#1b222b}.reached{color:#4cc38a}.missed{color:#ff9a5c}.none{color:#9ba7b4}
            %s}
            @media print{details{break-inside:avoid}}
            </style>
            </head>
            <body>
            <main>
            %s</main>
            </body>
            </html>
            """.formatted(escape(title), BASE, Palette.LIGHT.css(), Palette.DARK.css(), body);
    }

    /** Verdicts begin with one of these words and are coloured by it. */
    private static String cssClass(final String cell)
    {
        for (final String word : List.of("reached", "missed", "not measured"))
        {
            if (cell.startsWith(word))
            {
                return " class=\"" + (word.startsWith("not") ? "none" : word) + "\"";
            }
        }
        return cell.matches("[-0-9].*") ? " class=\"number\"" : "";
    }

    private static final String BASE = """
        body{margin:0;font:15px/1.5 system-ui,sans-serif;background:#fff;color:#1b1f24}
        main{max-width:1040px;margin:0 auto;padding:24px 16px 64px}
        h1{font-size:26px;margin:0 0 8px}h2{font-size:20px;margin:40px 0 8px}h3{font-size:16px;margin:24px 0 6px}
        p{max-width:75ch}.wide{overflow-x:auto}
        table{border-collapse:collapse;font-size:14px;margin:8px 0 16px}
        th,td{border:1px solid #d8dee4;padding:4px 9px;text-align:left;vertical-align:top}
        th{background:#f4f6f8;font-weight:600}td.number{white-space:nowrap;font-variant-numeric:tabular-nums}
        .reached{color:#0b6e4f;font-weight:600}.missed{color:#b3261e;font-weight:600}.none{color:#59636e}
        pre,code{background:#f4f6f8;font:13px/1.45 ui-monospace,monospace}pre{padding:10px 12px;overflow-x:auto}
        svg{max-width:100%;height:auto;display:block;margin:8px 0 16px}svg text{font-family:system-ui,sans-serif}
        summary{cursor:pointer;font-weight:600;margin:6px 0}
        """;
}
