-- Changes the signed-in person's details: checked, written, recorded in the audit trail, and safe on the disk.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = "name=Cornelius+Coordinator&email=coordinator%40demo.example&phone=01632+960333"
