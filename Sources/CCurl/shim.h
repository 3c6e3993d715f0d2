/* libcurl, and its variadic calls with their types spelt out: Swift cannot call variadic C functions. */
#include <curl/curl.h>

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_data_callback(CURL *easy, CURLoption function, CURLoption data, curl_write_callback call, void *context) {
  CURLcode status = curl_easy_setopt(easy, function, call);
  return status ? status : curl_easy_setopt(easy, data, context);
}
static inline CURLcode ccurl_set_close_callback(CURL *easy, curl_closesocket_callback call, void *context) {
  CURLcode status = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, call);
  return status ? status : curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context);
}
static inline CURLcode ccurl_set_open_callback(CURL *easy, curl_sockopt_callback call, void *context) {
  CURLcode status = curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, call);
  return status ? status : curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, context);
}
static inline CURLcode ccurl_set_debug_callback(CURL *easy, curl_debug_callback call, void *context) {
  CURLcode status = curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, call);
  return status ? status : curl_easy_setopt(easy, CURLOPT_DEBUGDATA, context);
}
static inline CURLcode ccurl_set_connected_callback(CURL *easy, curl_prereq_callback call, void *context) {
  CURLcode status = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, call);
  return status ? status : curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
}
static inline CURLcode ccurl_set_progress_callback(CURL *easy, curl_xferinfo_callback call, void *context) {
  CURLcode status = curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, call);
  if (!status) status = curl_easy_setopt(easy, CURLOPT_XFERINFODATA, context);
  return status ? status : curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

static inline unsigned long ccurl_auth_bearer(void) { return CURLAUTH_BEARER; }

/* 0 where libcurl does not know. */
static inline curl_off_t ccurl_get_offset(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}
static inline long ccurl_get_long(CURL *easy, CURLINFO info) {
  long value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}
/* NULL where libcurl does not know. */
static inline void *ccurl_get_pointer(CURL *easy, CURLINFO info) {
  void *value = NULL;
  curl_easy_getinfo(easy, info, &value);
  return value;
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode ccurl_multi_set_socket_callback(CURLM *multi, curl_socket_callback call, void *context) {
  CURLMcode status = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, call);
  return status ? status : curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
}
static inline CURLMcode ccurl_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback call, void *context) {
  CURLMcode status = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, call);
  return status ? status : curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}
static inline CURLSHcode ccurl_share_data(CURLSH *share, curl_lock_data data) {
  return curl_share_setopt(share, CURLSHOPT_SHARE, data);
}
/* The result of a finished transfer: a union in CURLMsg. */
static inline CURLcode ccurl_message_result(const CURLMsg *message) { return message->data.result; }
