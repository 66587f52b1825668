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
static const unsigned char work_js[] = {
#embed "page/work.js"
};
static const unsigned char pages_clusters_js[] = {
#embed "page/pages/clusters.js"
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
static const unsigned char pages_runs_js[] = {
#embed "page/pages/runs.js"
};
static const unsigned char pages_tests_js[] = {
#embed "page/pages/tests.js"
};

#define FILE(name, bytes) {name, bytes, sizeof(bytes)}

static const DashboardFile files[] = {
    FILE("api.js", api_js),
    FILE("app.js", app_js),
    FILE("banner.js", banner_js),
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
    FILE("work.js", work_js),
    FILE("pages/clusters.js", pages_clusters_js),
    FILE("pages/edit.js", pages_edit_js),
    FILE("pages/login.js", pages_login_js),
    FILE("pages/overview.js", pages_overview_js),
    FILE("pages/runs.js", pages_runs_js),
    FILE("pages/tests.js", pages_tests_js),
};

size_t dashboard_file_count(void) { return sizeof(files) / sizeof(files[0]); }

DashboardFile dashboard_file(size_t index) { return files[index]; }
