"""The `serve` command's work: watches a site, builds what changed, shows it in the browser.

    file_watcher ──HintQueue──▶ build_thread ──SiteBuilder.refresh──▶ output/
                                     └──SiteStatus──▶ event_stream ──▶ reload.js in the browser
    content/saved/inbox/ ──inbox──▶ the `add` command's work

watch_server     ties the parts together and ends them
live_builder     the builder, as builder_protocol asks for one
http_server      the socket, uvicorn, signals; request_guard checks Host and Origin of each request
site_app         answers with static_files; live_reload puts the script into pages on their way
status_lines     what the terminal shows; removed_tags asks there, keyboard reads the answer
review/          a small server of its own for the `review` command
"""
