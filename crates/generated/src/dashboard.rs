//! A dashboard of Grafana: whether people are served, how fast, who listens, and whether backups are sound. The
//! environment is chosen on top. Source: Grafana's dashboard JSON model.

use serde_json::{Value, json};

/// Width of the whole grid, in Grafana's columns.
const COLUMNS: u32 = 24;
const HEIGHT: u32 = 8;

struct Panel {
    title: &'static str,
    unit: &'static str,
    queries: &'static [(&'static str, &'static str)],
}

/// What is shown, two in a row.
const PANELS: [Panel; 12] = [
    Panel {
        title: "Requests",
        unit: "reqps",
        queries: &[(
            "sum by (status) (rate(http_requests_total{environment=\"$environment\"}[5m]))",
            "{{status}}",
        )],
    },
    Panel {
        title: "How long requests take",
        unit: "s",
        queries: &[
            (
                "histogram_quantile(0.5, sum by (le) (rate(http_request_seconds_bucket{environment=\"$environment\"}[5m])))",
                "half",
            ),
            (
                "histogram_quantile(0.99, sum by (le) (rate(http_request_seconds_bucket{environment=\"$environment\"}[5m])))",
                "99 of 100",
            ),
        ],
    },
    Panel {
        title: "Slowest routes, 99 of 100",
        unit: "s",
        queries: &[(
            "topk(5, histogram_quantile(0.99, sum by (route, le) \
             (rate(http_request_seconds_bucket{environment=\"$environment\"}[5m]))))",
            "{{route}}",
        )],
    },
    Panel {
        title: "Failing routes",
        unit: "reqps",
        queries: &[(
            "sum by (route) (rate(http_requests_total{environment=\"$environment\",status=~\"5..\"}[5m]))",
            "{{route}}",
        )],
    },
    Panel {
        title: "Listeners' sockets",
        unit: "none",
        queries: &[("sum(sockets{environment=\"$environment\"})", "open")],
    },
    Panel {
        title: "Sockets closed, by code",
        unit: "cps",
        queries: &[(
            "sum by (code) (rate(sockets_closed_total{environment=\"$environment\"}[5m]))",
            "{{code}}",
        )],
    },
    Panel {
        title: "Events of nests",
        unit: "cps",
        queries: &[
            ("sum(rate(nest_events_total{environment=\"$environment\"}[5m]))", "written"),
            ("sum(rate(nest_conflicts_total{environment=\"$environment\"}[5m]))", "another was first"),
            ("sum(rate(autofill_draws_total{environment=\"$environment\"}[5m]))", "drawn by autofill"),
        ],
    },
    Panel {
        title: "Memory",
        unit: "bytes",
        queries: &[("process_resident_memory_bytes{environment=\"$environment\"}", "resident, {{instance}}")],
    },
    Panel {
        title: "Age of the newest backup that was restored",
        unit: "s",
        queries: &[("backup_verified_age_seconds{environment=\"$environment\"}", "age")],
    },
    Panel {
        title: "Backups: all right, shipping, off site",
        unit: "bool",
        queries: &[
            ("backup_last_result{environment=\"$environment\"}", "all right"),
            ("backup_shipping{environment=\"$environment\"}", "shipping"),
            ("backup_is_off_site{environment=\"$environment\"}", "off site"),
            ("backup_drill_result{environment=\"$environment\"}", "restoring was tried, well"),
        ],
    },
    Panel {
        title: "Backups: how long they take",
        unit: "s",
        queries: &[
            ("backup_last_duration_seconds{environment=\"$environment\"}", "the last one"),
            ("backup_turn_seconds_max{environment=\"$environment\"}", "longest turn"),
        ],
    },
    Panel {
        title: "What failed beside serving",
        unit: "none",
        queries: &[
            ("increase(webhook_failures_total{environment=\"$environment\"}[1h])", "webhooks"),
            ("increase(play_log_failures_total{environment=\"$environment\"}[1h])", "play logs"),
            ("increase(listener_blocking_total{environment=\"$environment\"}[1h])", "port made blocking"),
        ],
    },
];

/// The dashboard as Grafana takes it.
pub(crate) fn dashboard(opening: &str) -> String {
    let panels: Vec<Value> = PANELS.iter().zip(0..).map(|(panel, at)| shown(panel, at)).collect();
    let source = json!({"type": "prometheus", "uid": "${source}"});
    let document = json!({
        "uid": "rookery",
        "title": "Rookery",
        "description": opening,
        "schemaVersion": 39,
        "editable": false,
        "refresh": "30s",
        "tags": ["rookery"],
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [
            {"name": "source", "label": "source", "type": "datasource", "query": "prometheus"},
            {
                "name": "environment",
                "label": "environment",
                "type": "query",
                "datasource": source,
                "query": "label_values(http_requests_total, environment)",
                "refresh": 2,
                "sort": 1,
            },
        ]},
        "panels": panels,
    });
    format!("{document:#}\n")
}

fn shown(panel: &Panel, at: u32) -> Value {
    let source = json!({"type": "prometheus", "uid": "${source}"});
    let targets: Vec<Value> = panel
        .queries
        .iter()
        .zip('A'..)
        .map(|((expression, legend), id)| {
            json!({"refId": id, "datasource": source, "expr": expression, "legendFormat": legend})
        })
        .collect();
    let width = COLUMNS / 2;
    json!({
        "id": at + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": source,
        "gridPos": {"x": at % 2 * width, "y": at / 2 * HEIGHT, "w": width, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": targets,
    })
}
