/**
 * Figures and how they are shown: medians and spread, plots for pages and as pictures, HTML. Nothing here measures.
 */
package org.headrace.perf.report;
