extension ReportPage {
    /// Colours are told apart by those who see few of them (after Okabe and Ito), and lines
    /// besides by their dashes, which is what is left of them on grey paper.
    static let style = """
        :root { color-scheme: light dark;
          --surface: #fff; --raised: #f5f6f8; --ink: #16191d; --muted: #565e69; --line: #d9dde3;
          --good: #0a6b45; --good-soft: #e3f4ec; --bad: #b3261e; --bad-soft: #fbe9e7;
          --warn: #7a5200; --warn-soft: #fdf1d8; --live: #0b5cad; --live-soft: #e5f0fb;
          --c1: #0b62ad; --c2: #00805f; --c3: #b26400; --c4: #a02c6d; --c5: #5a54a8;
          --c6: #c0392b; }
        @media (prefers-color-scheme: dark) { :root {
          --surface: #14171b; --raised: #1d2126; --ink: #eceef1; --muted: #a5adb8;
          --line: #343a42;
          --good: #5fd3a3; --good-soft: #12301f; --bad: #ff9a8f; --bad-soft: #3a1a18;
          --warn: #f2c266; --warn-soft: #352810; --live: #7fbcff; --live-soft: #12263c;
          --c1: #6db3f5; --c2: #4cc9a0; --c3: #f0a848; --c4: #ec8fc0; --c5: #a9a3f0;
          --c6: #ff8a7a; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0; background: var(--surface); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial,
          sans-serif; }
        main { max-width: 66rem; margin: 0 auto; padding: 2.5rem 1.5rem 3rem; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; letter-spacing: -.01em;
          overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 2.75rem 0 .75rem; }
        h3 { font-size: .95rem; margin: 0; }
        p { margin: 0; }
        .kind { color: var(--muted); font-size: .78rem; font-weight: 600; letter-spacing: .08em;
          text-transform: uppercase; margin-bottom: .35rem; }
        .where { color: var(--muted); margin-top: .4rem; overflow-wrap: anywhere; }
        .about { margin-top: .75rem; max-width: 44rem; white-space: pre-line;
          overflow-wrap: anywhere; }
        .banner { margin-top: 1.5rem; padding: .85rem 1.1rem; border-radius: 8px;
          background: var(--raised);
          border-left: 5px solid var(--muted); overflow-wrap: anywhere; }
        .banner ul { margin: .4rem 0 0; padding-left: 1.2rem; }
        .result { font-weight: 700; font-size: 1.05rem; }
        .banner.good { background: var(--good-soft); border-color: var(--good); }
        .banner.good .result, td.good { color: var(--good); }
        .banner.bad { background: var(--bad-soft); border-color: var(--bad); }
        .banner.bad .result, td.bad, .numbers .bad dd:not(.note) { color: var(--bad); }
        .banner.warn { background: var(--warn-soft); border-color: var(--warn); }
        .banner.warn .result, td.warn { color: var(--warn); }
        .banner.live { background: var(--live-soft); border-color: var(--live); }
        .banner.live .result { color: var(--live); }
        .numbers { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1px;
          margin: 1.5rem 0 0;
          background: var(--line); border: 1px solid var(--line); border-radius: 8px;
          overflow: hidden; }
        .numbers > div { background: var(--surface); padding: .8rem 1rem; min-width: 0; }
        .numbers dt { color: var(--muted); font-size: .82rem; }
        .numbers dd { margin: 0; font-size: 1.5rem; line-height: 1.3; font-weight: 650;
          font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .numbers dd.note { font-size: .8rem; font-weight: 400; color: var(--muted); }
        .charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr));
          gap: 1.75rem 2rem; }
        .charts > :last-child:nth-child(odd) { grid-column: 1 / -1; }
        figure { margin: 0; min-width: 0; break-inside: avoid; }
        figure svg { display: block; overflow: visible; }
        figcaption { display: flex; flex-wrap: wrap; gap: .1rem 1rem; align-items: baseline;
          justify-content: space-between; margin-bottom: .3rem; }
        .legend { display: flex; flex-wrap: wrap; gap: 0 .9rem; margin: 0; padding: 0;
          list-style: none;
          color: var(--muted); font-size: .82rem; }
        .legend b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
        .legend .key { display: inline-block; margin-right: .35rem; vertical-align: middle; }
        .grid { stroke: var(--line); } .base { stroke: var(--muted); }
        .tick { fill: var(--muted); font-size: 11px; font-variant-numeric: tabular-nums;
          stroke: var(--surface); stroke-width: 3px; paint-order: stroke;
          stroke-linejoin: round; }
        .strong { fill: var(--ink); font-weight: 600; }
        path, .key line { fill: none; stroke-width: 1.75px; vector-effect: non-scaling-stroke;
          stroke-linejoin: round; stroke-linecap: round; }
        .l1 { stroke: var(--c1); } .l2 { stroke: var(--c2); } .l3 { stroke: var(--c3);
          stroke-dasharray: 7 4; }
        .l4 { stroke: var(--c4); stroke-dasharray: 2 4; } .l5 { stroke: var(--c5); } .l6 {
          stroke: var(--c6); }
        .a1 { fill: var(--c1); } .a5 { fill: var(--c5); } .a6 { fill: var(--c6); }
        .a1, .a5, .a6 { stroke: none; opacity: .14; }
        .bar { fill: var(--c1); opacity: .8; }
        .percentile { stroke: var(--ink); stroke-dasharray: 3 3; }
        .mark { stroke: var(--muted); vector-effect: non-scaling-stroke; opacity: .55; }
        .gap { fill: var(--muted); opacity: .16; }
        .none { color: var(--muted); padding: 1.25rem 0; }
        .key-note { color: var(--muted); font-size: .82rem; margin-top: 1rem; }
        details { margin-top: 1rem; } summary { cursor: pointer; color: var(--muted);
          width: fit-content; }
        .scroll { overflow-x: auto; max-width: 100%; }
        :focus-visible { outline: 2px solid var(--live); outline-offset: 2px; }
        table { border-collapse: collapse; width: 100%; font-size: .88rem;
          font-variant-numeric: tabular-nums; }
        caption { text-align: left; color: var(--muted); font-size: .82rem;
          padding-bottom: .4rem; }
        th, td { text-align: left; vertical-align: top; padding: .42rem .7rem .42rem 0;
          border-bottom: 1px solid var(--line); }
        th { font-weight: 600; } thead th { color: var(--muted); font-size: .8rem;
          white-space: nowrap; }
        tbody th { font-weight: 500; }
        tfoot th, tfoot td { font-weight: 650; border-bottom: 0;
          border-top: 2px solid var(--line); }
        .figures th:not(:first-child), .figures td, details td, details th:not(:first-child) {
          text-align: right; padding-right: 0; padding-left: .9rem; white-space: nowrap; }
        .figures th:first-child { min-width: 11rem; max-width: 24rem; overflow-wrap: anywhere; }
        .method { color: var(--muted); font-size: .8em; font-weight: 600; }
        .message { overflow-wrap: anywhere; min-width: 14rem; white-space: pre-wrap; }
        .story td:first-child, .story td:nth-child(2) { white-space: nowrap; }
        .story td:last-child { min-width: 14rem; overflow-wrap: anywhere; }
        .note { color: var(--muted); font-size: .88em; }
        code { font: .92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
        .facts { margin: 0; } .facts > div { display: grid;
          grid-template-columns: 11rem minmax(0, 1fr);
          gap: 0 1rem; padding: .38rem 0; border-bottom: 1px solid var(--line);
          break-inside: avoid; }
        .facts dt { color: var(--muted); } .facts dd { margin: 0; overflow-wrap: anywhere; }
        footer { margin-top: 3rem; color: var(--muted); font-size: .8rem;
          overflow-wrap: anywhere; }
        @media (max-width: 46rem) {
          main { padding: 1.5rem 1rem 2rem; } h1 { font-size: 1.5rem; }
          .numbers { grid-template-columns: repeat(2, 1fr); } .numbers dd { font-size: 1.25rem; }
          .charts { grid-template-columns: minmax(0, 1fr); }
          .figures th:first-child { min-width: 8rem; }
          .facts > div { grid-template-columns: minmax(0, 1fr); } }
        @media print {
          :root { color-scheme: light; --surface: #fff; --raised: #f5f6f8; --ink: #000;
          --muted: #444;
            --line: #bbb; --good: #0a6b45; --good-soft: #fff; --bad: #b3261e; --bad-soft: #fff;
            --warn: #7a5200; --warn-soft: #fff; --live: #0b5cad; --live-soft: #fff; --c1: #0b62ad;
            --c2: #00805f; --c3: #b26400; --c4: #a02c6d; --c5: #5a54a8; --c6: #c0392b; }
          @page { margin: 14mm; }
          body { font-size: 10pt; } main { max-width: none; padding: 0; }
          .numbers { grid-template-columns: repeat(4, 1fr); } .numbers dd { font-size: 13pt; }
          .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .banner, .numbers, tr { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
          .scroll { overflow: visible; } table { font-size: 8pt; } thead {
          display: table-header-group; }
          .facts { columns: 2; column-gap: 2rem; font-size: 8.5pt; }
          .facts > div { grid-template-columns: 6.5rem minmax(0, 1fr); }
          tfoot { display: table-row-group; } details { display: none; }
          .figures th:first-child, .message, .story td:last-child { min-width: 0; }
          .figures th:not(:first-child), .figures td { padding-left: .5rem; } }
        """
}
