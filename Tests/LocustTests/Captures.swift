/// What masters answered, recorded. Host names are replaced; the JSON is only wrapped.
enum Captures {
    /// GET /stats/requests of 2.47, a running test with 2 workers.
    static let statsRunning = #"""
        {"current_fail_per_sec": 4.6,
        "current_response_time_percentiles": {"response_time_percentile_0.5": 2,
        "response_time_percentile_0.95": 250}, "current_rps": 36.5,
        "errors": [{"error": "HTTPError('500 Server Error: Internal Server Error for url: /fail')",
        "first_seen": 1795239968.2449365, "last_seen": 1795239983.767688, "method": "POST",
        "name": "/fail", "occurrences": 59}], "fail_ratio": 0.10865561694290976,
        "state": "running", "stats": [{"avg_content_length": 5.0,
        "avg_response_time": 1.7414322033854952, "current_fail_per_sec": 4.6, "current_rps": 4.6,
        "max_response_time": 7.0, "median_response_time": 2, "method": "POST",
        "min_response_time": 1.0, "name": "/fail", "num_failures": 59, "num_requests": 59,
        "response_time_percentile_0.95": 3, "response_time_percentile_0.99": 7,
        "total_fail_per_sec": 3.5209914826826347,
        "total_rps": 3.5209914826826347}, {"avg_content_length": 3.0,
        "avg_response_time": 2.7955714618193186, "current_fail_per_sec": 0.0, "current_rps": 18.1,
        "max_response_time": 45.0, "median_response_time": 2, "method": "GET",
        "min_response_time": 1.0, "name": "/ok", "num_failures": 0, "num_requests": 275,
        "response_time_percentile_0.95": 4, "response_time_percentile_0.99": 45,
        "total_fail_per_sec": 0.0, "total_rps": 16.4114009786055}, {"avg_content_length": 3.0,
        "avg_response_time": 58.68043734533118, "current_fail_per_sec": 0.0, "current_rps": 9.1,
        "max_response_time": 361.0, "median_response_time": 43, "method": "GET",
        "min_response_time": 3.0, "name": "/rand", "num_failures": 0, "num_requests": 139,
        "response_time_percentile_0.95": 180, "response_time_percentile_0.99": 250,
        "total_fail_per_sec": 0.0, "total_rps": 8.295217221913326}, {"avg_content_length": 3.0,
        "avg_response_time": 252.4591252285615, "current_fail_per_sec": 0.0, "current_rps": 4.7,
        "max_response_time": 255.0, "median_response_time": 251.0484899999028, "method": "GET",
        "min_response_time": 251.0, "name": "/slow", "num_failures": 0, "num_requests": 70,
        "response_time_percentile_0.95": 250, "response_time_percentile_0.99": 260,
        "total_fail_per_sec": 0.0,
        "total_rps": 4.1774475218268545}, {"avg_content_length": 3.2173112338858196,
        "avg_response_time": 49.17172414180552, "current_fail_per_sec": 4.6, "current_rps": 36.5,
        "max_response_time": 361.0, "median_response_time": 2, "method": "",
        "min_response_time": 1.0, "name": "Aggregated", "num_failures": 59, "num_requests": 543,
        "response_time_percentile_0.95": 250, "response_time_percentile_0.99": 250,
        "total_fail_per_sec": 3.5209914826826347, "total_rps": 32.405057205028314}],
        "total_fail_per_sec": 3.5209914826826347, "total_rps": 32.405057205028314,
        "user_count": 10, "worker_count": 2, "workers": [{"cpu_usage": 3.0,
        "id": "loadgen1_2b92d9b023af4cdf8f604d0735c46ea6", "memory_usage": 56414208,
        "state": "running", "user_count": 5}, {"cpu_usage": 2.1,
        "id": "loadgen1_78ad079512284113b63ad06f2b01728f", "memory_usage": 56434688,
        "state": "running", "user_count": 5}]}
        """#

    /// With percentiles of the locustfile's choice.
    static let statsCustomPercentiles = #"""
        {"current_fail_per_sec": 3.2,
        "current_response_time_percentiles": {"response_time_percentile_0.5": 2,
        "response_time_percentile_0.95": 250, "response_time_percentile_0.99": 250},
        "current_rps": 36.4,
        "errors": [{"error": "HTTPError('500 Server Error: Internal Server Error for url: /fail')",
        "first_seen": 1795242141.436317, "last_seen": 1795242155.1844492, "method": "POST",
        "name": "/fail", "occurrences": 45}], "fail_ratio": 0.08317929759704251,
        "state": "running", "stats": [{"avg_content_length": 5.0,
        "avg_response_time": 2.625407155563961, "current_fail_per_sec": 3.2, "current_rps": 3.2,
        "max_response_time": 41.0, "median_response_time": 1, "method": "POST",
        "min_response_time": 1.0, "name": "/fail", "num_failures": 45, "num_requests": 45,
        "response_time_percentile_0.5": 1, "response_time_percentile_0.9": 2,
        "response_time_percentile_0.95": 4, "response_time_percentile_0.99": 41,
        "response_time_percentile_0.999": 41, "total_fail_per_sec": 3.018596826370526,
        "total_rps": 3.018596826370526}, {"avg_content_length": 3.0,
        "avg_response_time": 2.6143800728398174, "current_fail_per_sec": 0.0, "current_rps": 19.6,
        "max_response_time": 45.0, "median_response_time": 1, "method": "GET",
        "min_response_time": 1.0, "name": "/ok", "num_failures": 0, "num_requests": 302,
        "response_time_percentile_0.5": 1, "response_time_percentile_0.9": 2,
        "response_time_percentile_0.95": 4, "response_time_percentile_0.99": 43,
        "response_time_percentile_0.999": 45, "total_fail_per_sec": 0.0,
        "total_rps": 20.258138701419973}, {"avg_content_length": 3.0,
        "avg_response_time": 53.2014879024534, "current_fail_per_sec": 0.0, "current_rps": 8.7,
        "max_response_time": 408.0, "median_response_time": 36, "method": "GET",
        "min_response_time": 2.0, "name": "/rand", "num_failures": 0, "num_requests": 123,
        "response_time_percentile_0.5": 36, "response_time_percentile_0.9": 130,
        "response_time_percentile_0.95": 140, "response_time_percentile_0.99": 220,
        "response_time_percentile_0.999": 410, "total_fail_per_sec": 0.0,
        "total_rps": 8.25083132541277}, {"avg_content_length": 3.0,
        "avg_response_time": 252.82391457751504, "current_fail_per_sec": 0.0, "current_rps": 4.9,
        "max_response_time": 261.0, "median_response_time": 251.28382100001545, "method": "GET",
        "min_response_time": 251.0, "name": "/slow", "num_failures": 0, "num_requests": 71,
        "response_time_percentile_0.5": 250, "response_time_percentile_0.9": 250,
        "response_time_percentile_0.95": 260, "response_time_percentile_0.99": 260,
        "response_time_percentile_0.999": 260, "total_fail_per_sec": 0.0,
        "total_rps": 4.762674992717941}, {"avg_content_length": 3.166358595194085,
        "avg_response_time": 46.953728375237226, "current_fail_per_sec": 3.2, "current_rps": 36.4,
        "max_response_time": 408.0, "median_response_time": 2, "method": "",
        "min_response_time": 1.0, "name": "Aggregated", "num_failures": 45, "num_requests": 541,
        "response_time_percentile_0.5": 2, "response_time_percentile_0.9": 250,
        "response_time_percentile_0.95": 250, "response_time_percentile_0.99": 250,
        "response_time_percentile_0.999": 410, "total_fail_per_sec": 3.018596826370526,
        "total_rps": 36.290241845921216}], "total_fail_per_sec": 3.018596826370526,
        "total_rps": 36.290241845921216, "user_count": 10, "worker_count": 2,
        "workers": [{"cpu_usage": 0.0, "id": "loadgen1_42e107afcad84c05b0619fb9fd100359",
        "memory_usage": 56295424, "state": "running", "user_count": 5}, {"cpu_usage": 0.0,
        "id": "loadgen1_e73482c7a5764242b55f66549bcb7104", "memory_usage": 56414208,
        "state": "running", "user_count": 5}]}
        """#

    /// One of 2 workers was killed 5 s before.
    static let statsWorkerMissing = #"""
        {"current_fail_per_sec": 2.1666666666666665,
        "current_response_time_percentiles": {"response_time_percentile_0.5": 2,
        "response_time_percentile_0.95": 180}, "current_rps": 23.833333333333332,
        "errors": [{"error": "HTTPError('500 Server Error: Internal Server Error for url: /fail')",
        "first_seen": 1795240526.1376605, "last_seen": 1795240534.8125415, "method": "POST",
        "name": "/fail", "occurrences": 16}], "fail_ratio": 0.08121827411167512,
        "state": "running", "stats": [{"avg_content_length": 5.0,
        "avg_response_time": 4.4300826874916766, "current_fail_per_sec": 2.1666666666666665,
        "current_rps": 2.1666666666666665, "max_response_time": 43.0, "median_response_time": 2,
        "method": "POST", "min_response_time": 1.0, "name": "/fail", "num_failures": 16,
        "num_requests": 16, "response_time_percentile_0.95": 43,
        "response_time_percentile_0.99": 43, "total_fail_per_sec": 1.804206924717701,
        "total_rps": 1.804206924717701}, {"avg_content_length": 3.0,
        "avg_response_time": 1.88354885365631, "current_fail_per_sec": 0.0, "current_rps": 15.0,
        "max_response_time": 8.0, "median_response_time": 1, "method": "GET",
        "min_response_time": 1.0, "name": "/ok", "num_failures": 0, "num_requests": 123,
        "response_time_percentile_0.95": 4, "response_time_percentile_0.99": 6,
        "total_fail_per_sec": 0.0, "total_rps": 13.869840733767328}, {"avg_content_length": 3.0,
        "avg_response_time": 48.675720160008495, "current_fail_per_sec": 0.0,
        "current_rps": 5.333333333333333, "max_response_time": 205.0, "median_response_time": 39,
        "method": "GET", "min_response_time": 3.0, "name": "/rand", "num_failures": 0,
        "num_requests": 50, "response_time_percentile_0.95": 140,
        "response_time_percentile_0.99": 200, "total_fail_per_sec": 0.0,
        "total_rps": 5.638146639742816}, {"avg_content_length": 3.0,
        "avg_response_time": 252.84872712504125, "current_fail_per_sec": 0.0,
        "current_rps": 1.3333333333333333, "max_response_time": 254.0,
        "median_response_time": 251.74995700012914, "method": "GET", "min_response_time": 252.0,
        "name": "/slow", "num_failures": 0, "num_requests": 8,
        "response_time_percentile_0.95": 250, "response_time_percentile_0.99": 250,
        "total_fail_per_sec": 0.0,
        "total_rps": 0.9021034623588505}, {"avg_content_length": 3.1624365482233503,
        "avg_response_time": 24.15803886802207, "current_fail_per_sec": 2.1666666666666665,
        "current_rps": 23.833333333333332, "max_response_time": 254.0, "median_response_time": 2,
        "method": "", "min_response_time": 1.0, "name": "Aggregated", "num_failures": 16,
        "num_requests": 197, "response_time_percentile_0.95": 180,
        "response_time_percentile_0.99": 250, "total_fail_per_sec": 1.804206924717701,
        "total_rps": 22.214297760586696}], "total_fail_per_sec": 1.804206924717701,
        "total_rps": 22.214297760586696, "user_count": 4, "worker_count": 1,
        "workers": [{"cpu_usage": 0.0, "id": "loadgen1_a4ca0264507d43049044fc092e886ed6",
        "memory_usage": 56201216, "state": "running", "user_count": 4}, {"cpu_usage": 0.0,
        "id": "loadgen1_aa1adbc514c34e6ea2faee7d4937c684", "memory_usage": 0, "state": "missing",
        "user_count": 0}]}
        """#

    /// A fresh master: the total is the only row, and there are no current percentiles.
    static let statsReady = #"""
        {"current_fail_per_sec": 0,
        "current_response_time_percentiles": {"response_time_percentile_0.5": null,
        "response_time_percentile_0.95": null}, "current_rps": 0, "errors": [], "fail_ratio": 0.0,
        "state": "ready", "stats": [{"avg_content_length": 0, "avg_response_time": 0.0,
        "current_fail_per_sec": 0, "current_rps": 0, "max_response_time": 0.0,
        "median_response_time": 0, "method": "", "min_response_time": 0, "name": "Aggregated",
        "num_failures": 0, "num_requests": 0, "response_time_percentile_0.95": 0,
        "response_time_percentile_0.99": 0, "total_fail_per_sec": 0.0, "total_rps": 0.0}],
        "total_fail_per_sec": 0.0, "total_rps": 0.0, "user_count": 0, "worker_count": 0,
        "workers": []}
        """#

    /// Without --master.
    static let statsStandalone = #"""
        {"current_fail_per_sec": 0,
        "current_response_time_percentiles": {"response_time_percentile_0.5": 0,
        "response_time_percentile_0.95": 0}, "current_rps": 0, "errors": [], "fail_ratio": 0.0,
        "state": "running", "stats": [{"avg_content_length": 0, "avg_response_time": 0.0,
        "current_fail_per_sec": 0, "current_rps": 0, "max_response_time": 0.0,
        "median_response_time": 0, "method": "", "min_response_time": 0, "name": "Aggregated",
        "num_failures": 0, "num_requests": 0, "response_time_percentile_0.95": 0,
        "response_time_percentile_0.99": 0, "total_fail_per_sec": 0.0, "total_rps": 0.0}],
        "total_fail_per_sec": 0.0, "total_rps": 0.0, "user_count": 2}
        """#

    /// GET /stats/requests of 2.20.1.
    static let statsOf220 = #"""
        {"current_response_time_percentile_1": 12, "current_response_time_percentile_2": 12,
        "errors": [{"error": "&quot;RuntimeError(&#x27;broken &lt;on&gt; purpose&#x27;)&quot;",
        "method": "GET", "name": "/broken", "occurrences": 192}], "fail_ratio": 0.5,
        "state": "running", "stats": [{"avg_content_length": 3.0, "avg_response_time": 12.5,
        "current_fail_per_sec": 27.333333333333332, "current_rps": 27.333333333333332,
        "max_response_time": 13.0, "median_response_time": 12.5, "method": "GET",
        "min_response_time": 13.0, "name": "/broken", "ninetieth_response_time": 12,
        "ninety_ninth_response_time": 12, "num_failures": 192, "num_requests": 192,
        "safe_name": "/broken"}, {"avg_content_length": 3.0, "avg_response_time": 12.5,
        "current_fail_per_sec": 0.0, "current_rps": 27.333333333333332, "max_response_time": 13.0,
        "median_response_time": 12.5, "method": "GET", "min_response_time": 13.0, "name": "/ok",
        "ninetieth_response_time": 12, "ninety_ninth_response_time": 12, "num_failures": 0,
        "num_requests": 192, "safe_name": "/ok"}, {"avg_content_length": 3.0,
        "avg_response_time": 12.5, "current_fail_per_sec": 27.333333333333332,
        "current_rps": 54.666666666666664, "max_response_time": 13.0, "median_response_time": 12.5,
        "method": "", "min_response_time": 13.0, "name": "Aggregated",
        "ninetieth_response_time": 12, "ninety_ninth_response_time": 12, "num_failures": 192,
        "num_requests": 384, "safe_name": "Aggregated"}], "total_avg_response_time": 12.5,
        "total_fail_per_sec": 27.333333333333332, "total_rps": 54.666666666666664, "user_count": 2,
        "workers": [{"cpu_usage": 2.0, "id": "loadgen1_4ad833c42a0643b48ca4eb44e5907809",
        "memory_usage": 52142080, "state": "running", "user_count": 2}]}
        """#

    /// What the front page of 2.47 assigns to window.templateArgs.
    static let templateArguments = #"""
        {"available_shape_classes": ["Default"], "available_user_classes": ["UserA", "UserB"],
        "available_user_tasks": {"UserA": ["ok", "ok", "ok", "ok", "ok", "ok", "rand", "rand",
        "rand", "fail"], "UserB": ["slow", "slow", "slow", "slow", "slow", "boom"]},
        "extra_options": {"api_token": {"choices": null, "default_value": "",
        "help_text": "secret", "is_multiple": false, "is_required": false, "is_secret": true},
        "endpoints": {"choices": ["a", "b", "c"], "default_value": ["a"], "help_text": "multi",
        "is_multiple": true, "is_required": false, "is_secret": false}, "env": {"choices": ["dev",
        "prod"], "default_value": "dev", "help_text": "choice", "is_multiple": false,
        "is_required": false, "is_secret": false}, "flag": {"choices": null,
        "default_value": false, "help_text": "bool", "is_multiple": false, "is_required": false,
        "is_secret": false}, "must": {"choices": null, "default_value": "req",
        "help_text": "required", "is_multiple": false, "is_required": true, "is_secret": false},
        "nodefault": {"choices": null, "default_value": null, "help_text": "int without default",
        "is_multiple": false, "is_required": false, "is_secret": false}, "ratio": {"choices": null,
        "default_value": 0.5, "help_text": "float", "is_multiple": false, "is_required": false,
        "is_secret": false}, "run_id": {"choices": null, "default_value": "",
        "help_text": "run id", "is_multiple": false, "is_required": false, "is_secret": false},
        "think_ms": {"choices": null, "default_value": 100, "help_text": "int",
        "is_multiple": false, "is_required": false, "is_secret": false}},
        "hide_common_options": null,
        "history": [{"current_fail_per_sec": ["2026-11-21T06:30:25Z", 0],
        "current_rps": ["2026-11-21T06:30:25Z", 0],
        "response_time_percentile_0.5": ["2026-11-21T06:30:25Z", 7],
        "response_time_percentile_0.95": ["2026-11-21T06:30:25Z", 250],
        "time": "2026-11-21T06:30:25Z", "total_avg_response_time": ["2026-11-21T06:30:25Z", 53.0],
        "user_count": ["2026-11-21T06:30:25Z", 4]}], "host": "http://127.0.0.1:9188",
        "is_distributed": true, "is_host_required": false, "locustfile": "lf.py",
        "missing_host_warning": false, "num_users": 4, "override_host_warning": false,
        "percentiles_to_chart": [0.5, 0.95], "percentiles_to_statistics": [0.95, 0.99],
        "profile": null, "run_time": null, "shape_use_common_options": null,
        "show_userclass_picker": false, "spawn_rate": 4.0, "state": "running",
        "stats_history_enabled": false, "tasks": "{}", "user_count": 4,
        "users": {"UserA": {"fixed_count": 0, "host": "http://127.0.0.1:9188", "tasks": ["ok",
        "ok", "ok", "ok", "ok", "ok", "rand", "rand", "rand", "fail"], "weight": 3},
        "UserB": {"fixed_count": 0, "host": "http://127.0.0.1:9188", "tasks": ["slow", "slow",
        "slow", "slow", "slow", "boom"], "weight": 1}}, "version": "2.47.0", "worker_count": 2}
        """#

    /// GET / of 2.20.1 with --modern-ui, where a script follows the JSON.
    static let modernPageOf220 = #"""
        <!DOCTYPE html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <link rel="icon" href="/assets/favicon.ico" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="theme-color" content="#000000" />

            <title>Locust</title>
            <script type="module" crossorigin src="/assets/index-01afe4fa.js"></script>
          </head>
          <body>
            <div id="root"></div>

            <script>
              window.templateArgs = {"available_shape_classes": ["Default"],
        "available_user_classes": ["Reporting"],
        "extra_options": {}, "hide_common_options": null, "history": {},
        "host": "http://127.0.0.1:9", "is_distributed": true, "locustfile": "lf.py",
        "num_users": null, "override_host_warning": false, "percentiles_to_chart": [0.95],
        "run_time": null, "show_userclass_picker": false, "spawn_rate": null, "state": "ready",
        "stats_history_enabled": false, "tasks": "{}", "user_count": 0, "version": "2.20.1",
        "worker_count": 1}
              // The server sets timestamps in UTC
              // We need to convert these timestamps to locale time
              window.templateArgs.history =
                window.templateArgs.history.length ? window.templateArgs.history
                  .map(({ time: serverTime, ...history }) => ({
                  ...history,
                  time: new Date(
                    new Date().setUTCHours(...(serverTime.split(":")))).toLocaleTimeString()
                })) : []
            </script>

          </body>
        </html>
        """#

    /// The part of the default front page of 2.20.1 that names the version.
    static let oldPageOf220 = #"""
        <!DOCTYPE html>
        <html>
        <body class="ready">
          <h2>Version
          <a href="https://github.com/locustio/locust/releases/tag/2.20.1">2.20.1</a></h2>
        </body></html>
        """#

    /// GET /exceptions, the traceback cut.
    static let exceptions = #"""
        {"exceptions": [{"count": 22, "msg": "boom in task",
        "nodes": "loadgen1_78ad079512284113b63ad06f2b01728f, loadgen2_2b92d9b023af4cdf8f604d07",
        "traceback": "  File \"lf.py\", line 129, in boom\n    def boom(self): raise\n"}]}
        """#

    /// Any route with --web-login and no login code: status 200.
    static let loginException = #"""
        Locust auth exception: The session is unavailable because no secret key was set
        """#

    /// GET /login, shortened.
    static let loginPage = #"""
        <!DOCTYPE html><html lang="en"><head><title>Locust</title></head><body><script>
            window.authArgs = {"error": null, "username_password_callback": "/login_submit"}
        </script></body></html>
        """#

    /// A 405.
    static let notAllowed = #"""
        <!doctype html>
        <html lang=en>
        <title>405 Method Not Allowed</title>
        <h1>Method Not Allowed</h1>
        <p>The method is not allowed for the requested URL.</p>
        """#

    /// POST /swarm with --class-picker.
    static let swarmWithClasses = #"""
        {"host": "http://127.0.0.1:9188", "message": "Swarming started", "success": true,
        "user_classes": ["UserA", "UserB"]}
        """#

    /// POST /swarm with a run time of 1.5.
    static let swarmRefused = #"""
        {"host": "http://127.0.0.1:9188",
        "message": "Valid run_time formats are : 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.",
        "success": false}
        """#

    /// GET /swarmkeeper/run.
    static let identity = #"""
        {"boot": "b7", "sequence": 2, "runId": "r2", "runIdNow": "r2", "state": "started",
        "startedSecondsAgo": 12.5, "runnerState": "running", "users": 4, "requests": 1200,
        "failures": 3, "workers": 2, "workersGuarded": 1, "deadlineInSeconds": 47.5,
        "leaseInSeconds": null, "locustfile": "checkout.py", "hooksVersion": "2",
        "later": {"a": [1]}}
        """#
}
