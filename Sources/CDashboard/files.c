// The page as bytes of the program: one file to copy, and nothing beside it that could be missing
// or of another version. C's #embed does in no time what a literal in Swift takes half a minute for.
#pragma clang diagnostic ignored "-Wc23-extensions"

#include "CDashboard.h"

static const unsigned char api_js[] = {
#embed "page/api.js"
};
static const unsigned char app_js[] = {
#embed "page/app.js"
};
static const unsigned char banner_js[] = {
#embed "page/banner.js"
};
static const unsigned char baseline_js[] = {
#embed "page/baseline.js"
};
static const unsigned char dialog_js[] = {
#embed "page/dialog.js"
};
static const unsigned char dom_js[] = {
#embed "page/dom.js"
};
static const unsigned char emergency_js[] = {
#embed "page/emergency.js"
};
static const unsigned char fields_js[] = {
#embed "page/fields.js"
};
static const unsigned char format_js[] = {
#embed "page/format.js"
};
static const unsigned char icon_svg[] = {
#embed "page/icon.svg"
};
static const unsigned char index_html[] = {
#embed "page/index.html"
};
static const unsigned char jsontext_js[] = {
#embed "page/jsontext.js"
};
static const unsigned char livecard_js[] = {
#embed "page/livecard.js"
};
static const unsigned char pages_css[] = {
#embed "page/pages.css"
};
static const unsigned char parts_css[] = {
#embed "page/parts.css"
};
static const unsigned char router_js[] = {
#embed "page/router.js"
};
static const unsigned char run_css[] = {
#embed "page/run.css"
};
static const unsigned char runtable_js[] = {
#embed "page/runtable.js"
};
static const unsigned char session_js[] = {
#embed "page/session.js"
};
static const unsigned char shell_js[] = {
#embed "page/shell.js"
};
static const unsigned char sparkline_js[] = {
#embed "page/sparkline.js"
};
static const unsigned char start_js[] = {
#embed "page/start.js"
};
static const unsigned char stream_js[] = {
#embed "page/stream.js"
};
static const unsigned char style_css[] = {
#embed "page/style.css"
};
static const unsigned char theme_js[] = {
#embed "page/theme.js"
};
static const unsigned char thresholds_js[] = {
#embed "page/thresholds.js"
};
static const unsigned char ui_js[] = {
#embed "page/ui.js"
};
static const unsigned char webhooks_js[] = {
#embed "page/webhooks.js"
};
static const unsigned char work_js[] = {
#embed "page/work.js"
};
static const unsigned char charts_bands_js[] = {
#embed "page/charts/bands.js"
};
static const unsigned char charts_chart_js[] = {
#embed "page/charts/chart.js"
};
static const unsigned char charts_downsample_js[] = {
#embed "page/charts/downsample.js"
};
static const unsigned char charts_drawing_js[] = {
#embed "page/charts/drawing.js"
};
static const unsigned char charts_format_js[] = {
#embed "page/charts/format.js"
};
static const unsigned char charts_legend_js[] = {
#embed "page/charts/legend.js"
};
static const unsigned char charts_pointer_js[] = {
#embed "page/charts/pointer.js"
};
static const unsigned char charts_table_js[] = {
#embed "page/charts/table.js"
};
static const unsigned char charts_theme_js[] = {
#embed "page/charts/theme.js"
};
static const unsigned char charts_ticks_js[] = {
#embed "page/charts/ticks.js"
};
static const unsigned char charts_time_axis_js[] = {
#embed "page/charts/time-axis.js"
};
static const unsigned char charts_trend_js[] = {
#embed "page/charts/trend.js"
};
static const unsigned char pages_clusters_js[] = {
#embed "page/pages/clusters.js"
};
static const unsigned char pages_compare_js[] = {
#embed "page/pages/compare.js"
};
static const unsigned char pages_edit_js[] = {
#embed "page/pages/edit.js"
};
static const unsigned char pages_login_js[] = {
#embed "page/pages/login.js"
};
static const unsigned char pages_overview_js[] = {
#embed "page/pages/overview.js"
};
static const unsigned char pages_run_js[] = {
#embed "page/pages/run.js"
};
static const unsigned char pages_runs_js[] = {
#embed "page/pages/runs.js"
};
static const unsigned char pages_schedules_js[] = {
#embed "page/pages/schedules.js"
};
static const unsigned char pages_suite_js[] = {
#embed "page/pages/suite.js"
};
static const unsigned char pages_test_js[] = {
#embed "page/pages/test.js"
};
static const unsigned char pages_tests_js[] = {
#embed "page/pages/tests.js"
};
static const unsigned char pages_webhook_js[] = {
#embed "page/pages/webhook.js"
};
static const unsigned char pages_webhooks_js[] = {
#embed "page/pages/webhooks.js"
};
static const unsigned char run_actions_js[] = {
#embed "page/run/actions.js"
};
static const unsigned char run_charts_js[] = {
#embed "page/run/charts.js"
};
static const unsigned char run_comparison_js[] = {
#embed "page/run/comparison.js"
};
static const unsigned char run_difference_js[] = {
#embed "page/run/difference.js"
};
static const unsigned char run_endpoints_js[] = {
#embed "page/run/endpoints.js"
};
static const unsigned char run_engine_js[] = {
#embed "page/run/engine.js"
};
static const unsigned char run_errors_js[] = {
#embed "page/run/errors.js"
};
static const unsigned char run_head_js[] = {
#embed "page/run/head.js"
};
static const unsigned char run_model_js[] = {
#embed "page/run/model.js"
};
static const unsigned char run_points_js[] = {
#embed "page/run/points.js"
};
static const unsigned char run_report_js[] = {
#embed "page/run/report.js"
};
static const unsigned char run_sort_table_js[] = {
#embed "page/run/sort-table.js"
};
static const unsigned char run_thresholds_js[] = {
#embed "page/run/thresholds.js"
};
static const unsigned char run_tiles_js[] = {
#embed "page/run/tiles.js"
};
static const unsigned char run_timeline_js[] = {
#embed "page/run/timeline.js"
};
static const unsigned char run_words_js[] = {
#embed "page/run/words.js"
};

#define FILE(name, bytes) {name, bytes, sizeof(bytes)}

static const DashboardFile files[] = {
    FILE("api.js", api_js),
    FILE("app.js", app_js),
    FILE("banner.js", banner_js),
    FILE("baseline.js", baseline_js),
    FILE("dialog.js", dialog_js),
    FILE("dom.js", dom_js),
    FILE("emergency.js", emergency_js),
    FILE("fields.js", fields_js),
    FILE("format.js", format_js),
    FILE("icon.svg", icon_svg),
    FILE("index.html", index_html),
    FILE("jsontext.js", jsontext_js),
    FILE("livecard.js", livecard_js),
    FILE("pages.css", pages_css),
    FILE("parts.css", parts_css),
    FILE("router.js", router_js),
    FILE("run.css", run_css),
    FILE("runtable.js", runtable_js),
    FILE("session.js", session_js),
    FILE("shell.js", shell_js),
    FILE("sparkline.js", sparkline_js),
    FILE("start.js", start_js),
    FILE("stream.js", stream_js),
    FILE("style.css", style_css),
    FILE("theme.js", theme_js),
    FILE("thresholds.js", thresholds_js),
    FILE("ui.js", ui_js),
    FILE("webhooks.js", webhooks_js),
    FILE("work.js", work_js),
    FILE("charts/bands.js", charts_bands_js),
    FILE("charts/chart.js", charts_chart_js),
    FILE("charts/downsample.js", charts_downsample_js),
    FILE("charts/drawing.js", charts_drawing_js),
    FILE("charts/format.js", charts_format_js),
    FILE("charts/legend.js", charts_legend_js),
    FILE("charts/pointer.js", charts_pointer_js),
    FILE("charts/table.js", charts_table_js),
    FILE("charts/theme.js", charts_theme_js),
    FILE("charts/ticks.js", charts_ticks_js),
    FILE("charts/time-axis.js", charts_time_axis_js),
    FILE("charts/trend.js", charts_trend_js),
    FILE("pages/clusters.js", pages_clusters_js),
    FILE("pages/compare.js", pages_compare_js),
    FILE("pages/edit.js", pages_edit_js),
    FILE("pages/login.js", pages_login_js),
    FILE("pages/overview.js", pages_overview_js),
    FILE("pages/run.js", pages_run_js),
    FILE("pages/runs.js", pages_runs_js),
    FILE("pages/schedules.js", pages_schedules_js),
    FILE("pages/suite.js", pages_suite_js),
    FILE("pages/test.js", pages_test_js),
    FILE("pages/tests.js", pages_tests_js),
    FILE("pages/webhook.js", pages_webhook_js),
    FILE("pages/webhooks.js", pages_webhooks_js),
    FILE("run/actions.js", run_actions_js),
    FILE("run/charts.js", run_charts_js),
    FILE("run/comparison.js", run_comparison_js),
    FILE("run/difference.js", run_difference_js),
    FILE("run/endpoints.js", run_endpoints_js),
    FILE("run/engine.js", run_engine_js),
    FILE("run/errors.js", run_errors_js),
    FILE("run/head.js", run_head_js),
    FILE("run/model.js", run_model_js),
    FILE("run/points.js", run_points_js),
    FILE("run/report.js", run_report_js),
    FILE("run/sort-table.js", run_sort_table_js),
    FILE("run/thresholds.js", run_thresholds_js),
    FILE("run/tiles.js", run_tiles_js),
    FILE("run/timeline.js", run_timeline_js),
    FILE("run/words.js", run_words_js),
};

size_t dashboard_file_count(void) { return sizeof(files) / sizeof(files[0]); }

DashboardFile dashboard_file(size_t index) { return files[index]; }
